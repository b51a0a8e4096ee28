"""Parquet files as several readers see them: {column: [values]}, times as integers of nanoseconds since 1970."""
import json
import math
import os
import subprocess


def with_pyarrow(path):
    import pyarrow
    import pyarrow.parquet
    table = pyarrow.parquet.read_table(path)
    columns = {}
    for name, column in zip(table.column_names, table.columns):
        if pyarrow.types.is_timestamp(column.type):
            assert column.type == pyarrow.timestamp("ns", tz="UTC"), column.type
            column = column.cast(pyarrow.int64())
        columns[name] = column.to_pylist()
    return columns


def with_polars(path):
    import polars
    table = polars.read_parquet(path)
    times = [name for name, kind in table.schema.items() if isinstance(kind, polars.Datetime)]
    for name in times:
        assert table.schema[name] == polars.Datetime("ns", "UTC"), table.schema[name]
    return table.with_columns(polars.col(times).cast(polars.Int64)).to_dict(as_series=False)


def with_duckdb(path):
    import duckdb
    relation = duckdb.read_parquet(path)
    columns = {}
    for name, kind in zip(relation.columns, relation.types):
        quoted = '"' + name.replace('"', '""') + '"'
        chosen = f"epoch_ns({quoted})" if "TIMESTAMP" in str(kind) else quoted
        columns[name] = [value for (value,) in relation.select(duckdb.SQLExpression(chosen)).fetchall()]
    return columns


def with_hyparquet(path):
    modules = os.environ["CICFLOW_NODE_MODULES"]
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "read.mjs")
    text = subprocess.run(["node", script, modules, path], capture_output=True, check=True).stdout
    return {name: [to_number(value) for value in values] for name, values in json.loads(text).items()}


def to_number(value):
    """Of a value that JSON has no word for; any other as it is."""
    if isinstance(value, list):
        return [to_number(element) for element in value]
    if not isinstance(value, dict):
        return value
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value["number"]) or int(value["number"])


READERS = {"pyarrow": with_pyarrow, "polars": with_polars, "duckdb": with_duckdb, "hyparquet": with_hyparquet}
