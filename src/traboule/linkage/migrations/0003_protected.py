from django.db import migrations, models

MODELS = ("LinkRun", "Link", "ThingLink", "ClusterMember", "Judgement", "ThingJudgement")


class Migration(migrations.Migration):
    dependencies = [("linkage", "0002_things")]

    operations = [
        migrations.AddField(model_name=name, name="protected", field=models.BooleanField(default=True))
        for name in MODELS
    ]
