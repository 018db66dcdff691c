"""Python's own view of the API: made from the .proto files at the time of the test."""
import importlib
import os
import subprocess
import sys
from types import SimpleNamespace

from chaoslib.base import require

_PLUGIN = "/usr/bin/grpc_python_plugin"
_PARTS = ("google/api", "google/rpc", "google/type", "lianfang")


def _sources(proto):
    found = []
    for part in _PARTS:
        for folder, _, names in os.walk(os.path.join(proto, part)):
            found += [os.path.relpath(os.path.join(folder, name), proto)
                      for name in sorted(names) if name.endswith(".proto")]
    return found


def generate(root, out):
    """Generates into the folder and returns the modules that the tests use, under short names."""
    require(os.access(_PLUGIN, os.X_OK), _PLUGIN, "is missing: install protobuf-compiler-grpc")
    proto = os.path.join(root, "proto")
    subprocess.run(
        ["protoc", f"-I{proto}", f"--python_out={out}", f"--grpc_python_out={out}",
         f"--plugin=protoc-gen-grpc_python={_PLUGIN}"] + _sources(proto), check=True, timeout=60)
    # Beside Debian's own google.protobuf.
    google = importlib.import_module("google")
    google.__path__.append(os.path.join(out, "google"))
    sys.path.insert(0, out)
    load = importlib.import_module
    # All of them: what a ledger holds may be of any.
    for source in _sources(proto):
        load(source.removesuffix(".proto").replace("/", ".") + "_pb2")
    services = {"personnel": "personnel.v1.personnel", "risk": "risk.v1.risk",
                "grading": "grading.v1.grading", "reporting": "reporting.v1.reporting",
                "ledger": "ledger.v1.ledger"}
    api = SimpleNamespace(
        types=load("lianfang.common.v1.types_pb2"), errors=load("lianfang.common.v1.errors_pb2"),
        status=load("google.rpc.status_pb2"), details=load("google.rpc.error_details_pb2"),
        stub={})
    for name, module in services.items():
        setattr(api, name, load(f"lianfang.{module}_pb2"))
        rpc = load(f"lianfang.{module}_pb2_grpc")
        api.stub[name] = getattr(rpc, f"{name.capitalize()}ServiceStub")
    return api
