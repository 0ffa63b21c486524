"""The verbs: functions over repositories that never learn which kind of home they hold."""
