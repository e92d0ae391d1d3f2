from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_first")]

    operations = [
        migrations.AddField(model_name="figurerun", name="live", field=models.BooleanField(default=False)),
    ]
