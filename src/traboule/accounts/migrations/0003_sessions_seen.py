from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_token_names")]

    operations = [
        migrations.AddField(model_name="sessionkey", name="seen_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="sessionkey", name="client", field=models.TextField(default="")),
    ]
