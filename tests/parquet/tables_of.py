"""Parquet files, some together, as several readers see them, and CSV files: as Arrow tables, times in nanoseconds since 1970."""
import json
import math
import os
import subprocess

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

LISTS = ("list", "large_list")


def plain(table):
    """The same values in a few types: int64, double, string, lists of the first two."""
    columns = []
    for column in table.columns:
        kind = column.type
        if pyarrow.types.is_timestamp(kind):
            assert kind == pyarrow.timestamp("ns", tz="UTC"), kind
            kind = pyarrow.int64()
        elif pyarrow.types.is_large_string(kind) or pyarrow.types.is_string_view(kind) or pyarrow.types.is_dictionary(kind):
            kind = pyarrow.string()
        elif pyarrow.types.is_large_list(kind) or pyarrow.types.is_list(kind):
            kind = pyarrow.list_(kind.value_type)
        columns.append(column.cast(kind))
    return pyarrow.table(columns, names=table.column_names)


def together(tables):
    return pyarrow.concat_tables(tables)


def with_pyarrow(paths):
    return together([plain(pyarrow.parquet.ParquetFile(path).read()) for path in paths])


def with_polars(paths):
    import polars
    return plain(polars.read_parquet(paths, hive_partitioning=False, glob=False).to_arrow())


def with_duckdb(paths):
    import duckdb
    relation = duckdb.read_parquet(paths, hive_partitioning=False)
    columns = []
    for name, kind in zip(relation.columns, relation.types):
        quoted = '"' + name.replace('"', '""') + '"'
        columns.append(f"epoch_ns({quoted}) AS {quoted}" if "TIMESTAMP" in str(kind) else quoted)
    result = relation.project(", ".join(columns)).arrow()
    return plain(result if isinstance(result, pyarrow.Table) else result.read_all())


def to_number(value):
    """The number for a value that JSON cannot express; any other value as it is."""
    if isinstance(value, list):
        return [to_number(element) for element in value]
    if not isinstance(value, dict):
        return value
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value["number"]) or int(value["number"])


def with_hyparquet(paths):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "read.mjs")
    run = subprocess.run(["node", script, os.environ["CICFLOW_NODE_MODULES"]], input="\n".join(paths), text=True,
                         stdout=subprocess.PIPE, check=True)
    tables = []
    for path, line in zip(paths, run.stdout.splitlines(), strict=True):
        schema = plain(pyarrow.parquet.ParquetFile(path).schema_arrow.empty_table()).schema
        columns = json.loads(line)
        assert list(columns) == schema.names, path
        tables.append(pyarrow.table([pyarrow.array([to_number(value) for value in columns[field.name]], type=field.type)
                                     for field in schema], schema=schema))
    return together(tables)


def cells_as(column, kind):
    """What cells of CSV, texts, say as values of a type."""
    values = pyarrow.compute.if_else(pyarrow.compute.equal(column, ""), pyarrow.scalar(None, pyarrow.string()), column)
    if pyarrow.types.is_list(kind):
        return pyarrow.array([cell and json.loads(cell) for cell in values.to_pylist()], type=kind)
    return values.cast(kind)


def is_time(column):
    return column.num_chunks and len(column) and bool(pyarrow.compute.any(pyarrow.compute.match_substring(column, "T")).as_py())


def csv_as(path, schema):
    """A CSV file with the columns and types of the schema. A name that occurs twice counts once."""
    if os.path.getsize(path) == 0:  # the dialect has no header without records
        return schema.empty_table()
    with open(path, "rb") as file:
        header = next(__import__("csv").reader([file.readline().decode()]))
    options = pyarrow.csv.ReadOptions(column_names=[str(i) for i in range(len(header))], skip_rows=1)
    types = {str(i): pyarrow.string() for i in range(len(header))}
    if not os.path.getsize(path) > sum(map(len, header)) + len(header) + 2:
        return schema.empty_table()
    texts = pyarrow.csv.read_csv(path, read_options=options,
                                 convert_options=pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False))
    columns = []
    assert list(dict.fromkeys(header)) == schema.names, path
    for field in schema:
        column = texts.column(header.index(field.name))
        if pyarrow.types.is_integer(field.type) and is_time(column):
            columns.append(column.cast(pyarrow.timestamp("ns", tz="UTC")).cast(pyarrow.int64()))
        else:
            columns.append(cells_as(column, field.type))
    return pyarrow.table(columns, schema=schema)


def same_values(one, other):
    if one.equals(other):
        return True
    if one.type != other.type or len(one) != len(other) or not one.is_null().equals(other.is_null()):
        return False
    if pyarrow.types.is_list(one.type):
        return (pyarrow.compute.list_value_length(one).equals(pyarrow.compute.list_value_length(other)) and
                same_values(pyarrow.compute.list_flatten(one), pyarrow.compute.list_flatten(other)))
    return pyarrow.types.is_floating(one.type) and numpy.array_equal(one.drop_null().to_numpy(), other.drop_null().to_numpy(),
                                                                     equal_nan=True)


def differences(expected, actual):
    """A text for each column that is not the same."""
    if expected.column_names != actual.column_names:
        return [f"the columns are {actual.column_names}"]
    return [f"{name} is {actual[name].slice(0, 5).to_pylist()}..., not {expected[name].slice(0, 5).to_pylist()}..."
            for name in expected.column_names if not same_values(expected[name], actual[name])]


READERS = {"polars": with_polars, "duckdb": with_duckdb, "hyparquet": with_hyparquet}
