"""A page of the members of a large room is read without sorting all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rooms', '0007_mute_reason'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(condition=models.Q(('left_seq__isnull', True)), fields=['room', 'joined_seq'], name='membership_open_of_room'),
        ),
    ]
