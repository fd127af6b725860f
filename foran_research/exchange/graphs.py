"""Networks as files for other tools: GraphML, GEXF (Gephi) and CSV; the same network gives the same bytes.

No file bears a date or a version of a library. What XML cannot hold (control characters, halves of a character) is
replaced, undefined numbers are left out, and an attribute has one type in the whole file.
"""

from __future__ import annotations

import io
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from ..errors import ForanError
from ..fixed_zip import xml_safe
from .sheets import csv_bytes

#: The endings of :func:`graph_files`, in the order of the files.
ENDINGS = (".graphml", ".gexf", ".nodes.csv", ".edges.csv")
#: How far GEXF's coordinates reach from the middle; Gephi draws nodes of a few units.
_REACH = 500.0
_DATE = re.compile(rb' lastmodifieddate="[^"]*"')
_LIBRARY = re.compile(rb"<creator>[^<]*</creator>")


def graph_files(graph: nx.Graph, name: str, *, notice: str = "") -> dict[str, bytes]:
    """The network in every format, by file name: ``NAME.graphml``, ``.gexf``, ``.nodes.csv`` and ``.edges.csv``.

    Parameters
    ----------
    graph
        Nodes and edges with plain attributes: texts, numbers, truth values; None or NaN for undefined.
    name
        The beginning of every file's name.
    notice
        What the files say of themselves, such as that the study is invented.

    Raises
    ------
    ForanError
        When two nodes would have the same id in the file.

    Examples
    --------
    >>> list(graph_files(nx.Graph([("C0001", "C0002")]), "pooled"))
    ['pooled.graphml', 'pooled.gexf', 'pooled.nodes.csv', 'pooled.edges.csv']
    """
    made = (
        graphml_bytes(graph, notice=notice),
        gexf_bytes(graph, notice=notice),
        csv_bytes(_noticed(nodes_frame(graph), notice)),
        csv_bytes(_noticed(edges_frame(graph), notice)),
    )
    return {f"{name}{ending}": content for ending, content in zip(ENDINGS, made, strict=True)}


def _noticed(frame: pd.DataFrame, notice: str) -> pd.DataFrame:
    """The notice as a last column: what reads a CSV file takes its first line for the header."""
    return frame.assign(notice=notice) if notice else frame


def graphml_bytes(graph: nx.Graph, *, notice: str = "") -> bytes:
    """The network as GraphML, read by Gephi, Cytoscape, yEd, igraph and networkx; `notice` is an attribute of the graph."""
    plain = plain_graph(graph)
    if notice:
        plain.graph["notice"] = _text(notice)
    out = io.BytesIO()
    # The writer made of the standard library: the other one needs lxml, and its bytes differ.
    writer = nx.readwrite.graphml.GraphMLWriter(encoding="utf-8", prettyprint=True)
    writer.add_graph_element(plain)
    writer.dump(out)
    return _ended(out.getvalue())


def gexf_bytes(graph: nx.Graph, *, notice: str = "") -> bytes:
    """The network as GEXF 1.2 for Gephi; nodes with attributes `x` and `y` (from -1 to 1) get their place in the drawing."""
    plain = plain_graph(graph)
    places = [max(abs(data["x"]), abs(data["y"])) for _, data in plain.nodes(data=True) if {"x", "y"} <= set(data)]
    scale = _REACH / max([*places, 1.0])
    for _, data in plain.nodes(data=True):
        if {"x", "y"} <= set(data):
            data["viz"] = {"position": {"x": data["x"] * scale, "y": data["y"] * scale, "z": 0.0}}
    writer = nx.readwrite.gexf.GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(plain)
    out = io.BytesIO()
    writer.write(out)
    # The library writes today's date and its own version.
    made = _DATE.sub(b"", out.getvalue())
    told = ET.Element("description")
    told.text = _text(notice)
    more = ET.tostring(told, encoding="utf-8") if notice else b""
    return _ended(_LIBRARY.sub(lambda _: b"<creator>foran_research</creator>" + more, made))


def _ended(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"


def nodes_frame(graph: nx.Graph) -> pd.DataFrame:
    """One row per node: `id` and its attributes, in the order in which they are first seen; undefined is empty."""
    plain = plain_graph(graph)
    return _frame([{"id": node, **data} for node, data in plain.nodes(data=True)], ["id"])


def edges_frame(graph: nx.Graph) -> pd.DataFrame:
    """One row per edge: `source`, `target` and its attributes; undefined is empty."""
    plain = plain_graph(graph)
    rows = [{"source": a, "target": b, **data} for a, b, data in plain.edges(data=True)]
    return _frame(rows, ["source", "target"])


def _frame(rows: list[dict[str, Any]], keys: list[str]) -> pd.DataFrame:
    columns = list(dict.fromkeys([*keys, *(name for row in rows for name in row)]))
    return pd.DataFrame([[row.get(name, "") for name in columns] for row in rows], columns=columns, dtype=object)


def plain_graph(graph: nx.Graph) -> nx.Graph:
    """A copy that any format can hold: ids and texts safe for XML, numbers of Python, one type for each attribute.

    Undefined values (None, NaN, infinite) are left out, edges go from the node that stands first, and nodes and edges
    keep their order.

    Raises
    ------
    ForanError
        When two nodes would have the same id.
    """
    ids = {node: _text(str(node)) for node in graph}
    if len(set(ids.values())) < len(ids):
        raise ForanError(
            f"{len(ids) - len(set(ids.values()))} nodes would have the id of another one once what XML cannot hold is "
            "replaced; give the nodes ids of plain letters"
        )
    place = {node: number for number, node in enumerate(graph)}
    node_types = _types(data for _, data in graph.nodes(data=True))
    edge_types = _types(data for _, _, data in graph.edges(data=True))
    plain = nx.Graph()
    plain.graph.update(_plain(graph.graph, _types([graph.graph])))
    for node, data in graph.nodes(data=True):
        plain.add_node(ids[node], **{"label": ids[node], **_plain(data, node_types)})
    edges = [(*sorted((a, b), key=lambda node: place[node]), data) for a, b, data in graph.edges(data=True)]
    for a, b, data in sorted(edges, key=lambda edge: (place[edge[0]], place[edge[1]])):
        plain.add_edge(ids[a], ids[b], **_plain(data, edge_types))
    return plain


def _is_undefined(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float | np.floating) and not math.isfinite(value))


def _types(rows: Iterable[Mapping[Any, Any]]) -> dict[str, type]:
    """The type of each attribute: the only one it has; float for numbers of both kinds; text for any other mixture."""
    seen: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            if not _is_undefined(value):
                seen.setdefault(_text(str(name)), set()).add(_type(value))
    return {
        name: kinds.copy().pop() if len(kinds) == 1 else float if kinds <= {int, float} else str
        for name, kinds in seen.items()
    }


def _type(value: Any) -> type:
    if isinstance(value, bool | np.bool_):
        return bool
    if isinstance(value, int | np.integer):
        return int
    return float if isinstance(value, float | np.floating) else str


def _plain(data: Mapping[Any, Any], types: Mapping[str, type]) -> dict[str, Any]:
    named = ((_text(str(name)), value) for name, value in data.items() if not _is_undefined(value))
    return {name: _text(str(value)) if types[name] is str else types[name](value) for name, value in named}


def _text(text: str) -> str:
    # Readers of XML make a line feed of a carriage return: better before than after.
    return xml_safe(text.replace("\r\n", "\n").replace("\r", "\n"))
