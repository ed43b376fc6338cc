"""Runs the error handlers of a `flask.Blueprint` that a wrapper class keeps in `model_error_handler`."""


def handled_by(blueprint, error):
    """(status, body, content type) of what its handler for this error says; None without one."""
    handler = getattr(blueprint, "drumline_handler", None)
    if handler is not None:
        return handler(error)
    from flask import Flask

    app = Flask("drumline")
    app.register_blueprint(blueprint)
    with app.test_request_context():
        try:
            response = app.make_response(app.handle_user_exception(error))
        except Exception as raised:
            if raised is error:
                return None
            raise
        return response.status_code, response.get_data(as_text=True), response.content_type
