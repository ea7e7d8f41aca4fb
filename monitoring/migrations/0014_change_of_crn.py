"""The change log can say that a CRN was corrected. No column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0013_calendar_secret_hash"),
    ]

    operations = [
        migrations.AlterField(
            model_name="referralchange",
            name="topic",
            field=models.CharField(
                choices=[
                    ("COMPLETION_DATETIME", "Completion date"),
                    ("MAXIMUM_ENFORCEABLE_DAYS", "Maximum number of enforceable days"),
                    ("COMPLEXITY_LEVEL", "Complexity level"),
                    ("DESIRED_OUTCOMES", "Desired outcomes"),
                    ("NEEDS_AND_REQUIREMENTS_ADDITIONAL_INFORMATION", "Additional needs"),
                    (
                        "NEEDS_AND_REQUIREMENTS_ACCESSIBILITY_NEEDS",
                        "Mobility, disability or accessibility needs",
                    ),
                    ("NEEDS_AND_REQUIREMENTS_INTERPRETER_REQUIRED", "Interpreter needed"),
                    (
                        "NEEDS_AND_REQUIREMENTS_HAS_ADDITIONAL_RESPONSIBILITIES",
                        "Caring or employment responsibilities",
                    ),
                    ("NEEDS_AND_REQUIREMENTS_DIVERSITY", "Diversity considerations"),
                    ("REASON_FOR_REFERRAL", "Reason for referral"),
                    ("REASON_FOR_REFERRAL_FURTHER_INFORMATION", "Further information"),
                    ("PRISON_ESTABLISHMENT", "Establishment"),
                    ("EXPECTED_RELEASE_DATE", "Expected release date"),
                    ("EXPECTED_PROBATION_OFFICE", "Expected probation office"),
                    ("PROBATION_PRACTITIONER_PROBATION_OFFICE", "Probation practitioner’s office"),
                    ("PROBATION_PRACTITIONER_NAME", "Probation practitioner’s name"),
                    ("PROBATION_PRACTITIONER_EMAIL", "Probation practitioner’s email address"),
                    ("PROBATION_PRACTITIONER_PHONE_NUMBER", "Probation practitioner’s phone number"),
                    ("PROBATION_PRACTITIONER_TEAM_PHONE_NUMBER", "Team phone number"),
                    ("CRN", "CRN"),
                    ("RISK_INFORMATION", "Risk information"),
                    ("PROBATION_PRACTITIONER", "Probation practitioner"),
                    ("PERSONAL_DETAILS", "Personal details"),
                ],
                max_length=60,
            ),
        ),
    ]
