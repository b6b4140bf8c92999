"""Assembly: the application, its dependencies, errors as problems, system routes. No business."""
