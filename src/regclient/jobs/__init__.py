"""What regsync and regbot share: the configuration file, the registries it names, and work that runs on schedules."""
