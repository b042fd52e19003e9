"""What several tests share: values of parameters, templates made of them, readers of pages."""
