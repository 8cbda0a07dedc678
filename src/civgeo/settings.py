"""Settings of one installation: environment variables ``CIVGEO_*`` and a TOML file.

Later ones win: defaults, ``civgeo.toml`` (or the file that ``CIVGEO_CONFIG`` names), environment,
command line. Read by app.py and the command line only.
"""

import os
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

__all__ = ["Settings", "config_file"]


def config_file() -> Path:
    """TOML file in force: ``CIVGEO_CONFIG``, else ``civgeo.toml`` in the current folder."""
    return Path(os.environ.get("CIVGEO_CONFIG", "civgeo.toml"))


def _as_secret(value: object) -> SecretStr:
    """`value` as a secret whatever its type, so that no message about it shows it."""
    return value if isinstance(value, SecretStr) else SecretStr(str(value))


class Settings(BaseSettings):
    """All settings with their defaults."""

    model_config = SettingsConfigDict(env_prefix="CIVGEO_", extra="ignore", frozen=True)

    store: Path = Field(default=Path("civgeo-data"), description="库所在文件夹")
    lang: str = Field(default="zh", pattern="^(zh|en)$", description="界面语言：zh 或 en")
    host: str = Field(default="127.0.0.1", description="服务监听地址")
    port: int = Field(default=8000, ge=0, le=65535, description="服务端口")
    max_page: int = Field(default=1000, ge=1, le=10_000, description="每页要素数上限")
    public_number: str = Field(default="", description="审图号；为空时地图标注“内部工作用图”")
    max_upload_mb: int = Field(default=300, ge=1, le=300, description="上传文件的上限（MB）")
    max_attachment_mb: int = Field(default=20, ge=1, le=100, description="一个附件的上限（MB）")
    import_memory_mb: int = Field(
        default=512, ge=384, le=8192, description="读取外来文件的进程的内存上限（MB）"
    )
    import_seconds: int = Field(
        default=30, ge=5, le=3600, description="读取 10 MB 以内的外来文件的时间上限（秒）"
    )
    background_mb: int = Field(
        default=5, ge=0, description="超过此数（MB）的上传由后台进程预检，请求不等候"
    )
    background_rows: int = Field(
        default=20_000, ge=0, description="超过此行数的导入由后台进程写入，请求不等候"
    )
    marker_tolerance_m: float = Field(
        default=1.0, gt=0, le=100, description="界桩位移限差（米），由本局定；联检计划写明的优先"
    )

    write_token: Annotated[SecretStr, BeforeValidator(_as_secret)] = Field(
        default="",
        description="接口写入令牌（Bearer）；为空时接口不接受写入",
        validate_default=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then environment, then the TOML file."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=config_file()),
        )
