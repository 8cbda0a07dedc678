"""Query parameters: none unknown, none twice."""

from collections.abc import Collection

from fastapi import Request

from civgeo.errors import InvalidInput

__all__ = ["require_known"]


def require_known(request: Request, known: Collection[str]) -> None:
    """Refuse a request with a parameter that is not in `known`, or with one given twice.

    Raises
    ------
    InvalidInput
        Naming the parameter.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = sorted(set(names) - set(known))
    if unknown:
        shown = "、".join(name[:40] for name in unknown[:5])
        choices = "、".join(sorted(known)) or "无"
        raise InvalidInput(f"没有参数 {shown}。可用的参数：{choices}", code="unknown_parameter")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidInput(f"参数 {repeated[0]} 出现多次，只能给一次", code="repeated_parameter")
