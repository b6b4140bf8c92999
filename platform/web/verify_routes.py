"""For anybody who holds a printed sheet: whether it is still current."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.params import FromPath
from pydantic import BaseModel

from reporting.printed import Standing, standing_of
from web.dependencies import AnyRequest, database_of


class StandingOut(BaseModel):
    standing: Standing


class PrintedController(Controller):
    path = "/api/public/printed"
    tags = ("public",)

    @get("/{token:str}", summary="Whether a printed revision still stands; answers nothing else", dependencies={})
    async def printed(self, request: AnyRequest, token: FromPath[str]) -> Response[StandingOut]:
        found = await standing_of(database_of(request), token)
        return Response(StandingOut(standing=found), headers={"Cache-Control": "no-store"})
