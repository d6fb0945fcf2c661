"""What holds the product together: settings, Django's configuration, logs and addresses."""
