# The service in one image: web server, worker and scheduler are the same image with another command.

FROM node:24-slim AS front-end
WORKDIR /service
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS packages
WORKDIR /build
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements.txt ./
RUN uv venv /venv && uv pip sync --python /venv/bin/python --require-hashes --compile-bytecode requirements.txt

FROM python:3.11-slim AS static
ENV PATH=/venv/bin:$PATH
WORKDIR /service
COPY --from=packages /venv /venv
COPY . .
COPY --from=front-end /service/node_modules node_modules
# Local settings: collecting files needs no secret.
RUN DJANGO_SETTINGS_MODULE=refer_monitor.settings.local python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=refer_monitor.settings.production \
    BIND=0.0.0.0:8000
WORKDIR /service
# A volume takes its owner from the folder that it is put over.
RUN useradd --create-home --uid 1000 service && \
    install -d -o service -g service /service/var /service/var/mail /service/var/stub
COPY --from=packages /venv /venv
COPY . .
# The file system is read-only later: every process would compile the service anew, for 0.7 s and 1.4 MB.
RUN python -m compileall -q .
COPY --from=static --chown=service:service /service/var/static var/static
# By number, so that Kubernetes can tell that it is not root.
USER 1000
EXPOSE 8000
# Asks under a name that the service answers to.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import os, urllib.request as web; \
name = (os.environ.get('ALLOWED_HOSTS') or 'localhost').split(',')[0]; \
web.urlopen(web.Request('http://127.0.0.1:8000/ping', headers={'Host': name}), timeout=4)"]
CMD ["gunicorn", "--config", "python:refer_monitor.web_server", "--no-control-socket", "refer_monitor.wsgi"]
