"""Batch prediction jobs over DataRobot's own client: URL TOKEN COMMAND ARGUMENTS, the last in JSON.

The last line that it prints is what came of it, in JSON.
"""

import io
import json
import sys
import warnings

import datarobot as dr
import pandas as pd

warnings.simplefilter("ignore")


def local(file, **more):
    return {"type": "localFile", "file": file, **more}


def score(deployment, file, path=None, multipart=False, **wishes):
    """With a path, the client uploads in a thread while it asks for the state; otherwise before."""
    output = {"type": "localFile", **({"path": path} if path else {})}
    intake = local(file, **({"multipart": True} if multipart else {}))
    job = dr.BatchPredictionJob.score(deployment, intake_settings=intake, output_settings=output, **wishes)
    if path:
        with open(path, "rb") as written:
            text = written.read()
    else:
        answer = io.BytesIO()
        job.download(answer)
        text = answer.getvalue()
    return {"id": job.id, "text": text.decode("latin-1"), "status": job.get_status()}


def start(deployment, file, **wishes):
    job = dr.BatchPredictionJob.score(deployment, intake_settings=local(file), **wishes)
    return {"id": job.id, "status": job.get_status()}


def download(job):
    answer = io.BytesIO()
    found = dr.BatchPredictionJob.get(job)
    found.download(answer)
    return {"text": answer.getvalue().decode("latin-1"), "status": found.get_status()}


def pandas(deployment, file, **wishes):
    """Rows in an order of their own, with an index that is not theirs."""
    frame = pd.read_csv(file)
    frame.index = [f"row {7 * place % len(frame)}" for place in range(len(frame))]
    job, scored = dr.BatchPredictionJob.score_pandas(deployment, frame, **wishes)
    return {
        "id": job.id,
        "sameOrder": list(scored.index) == list(frame.index),
        "columns": list(scored.columns),
        "rows": scored.to_dict(orient="records"),
    }


def statuses(job):
    return dr.BatchPredictionJob.get(job).get_status()


def listed(wanted=None):
    return [
        {"id": job["id"], "status": job["status"]} for job in dr.BatchPredictionJob.list_by_status(wanted)
    ]


def delete(job):
    dr.BatchPredictionJob.get(job).delete()
    return None


def main():
    url, token, command, arguments = sys.argv[1:]
    dr.Client(endpoint=f"{url}/api/v2", token=token)
    commands = {
        "score": score,
        "start": start,
        "download": download,
        "pandas": pandas,
        "status": statuses,
        "list": listed,
        "delete": delete,
    }
    try:
        result = commands[command](**json.loads(arguments))
    except Exception as error:
        result = {"error": type(error).__name__, "message": str(error)}
    json.dump(result, sys.stdout, default=str)


main()
