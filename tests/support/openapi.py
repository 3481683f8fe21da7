"""An OpenAPI 3.1 document: whether it is one, and whether requests and answers are as it says."""

import copy

import jsonschema

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def _object(required, properties, **more):
    return {"type": "object", "required": list(required), "properties": properties, "patternProperties": {"^x-": True},
            "additionalProperties": False, **more}


def _map(name, **more):
    return {"type": "object", "additionalProperties": _or_link(name), **more}


def _or_link(name):
    return {"if": {"type": "object", "required": ["$ref"]}, "then": {"$ref": "#/$defs/link"}, "else": {"$ref": f"#/$defs/{name}"}}


TEXT, TRUTH, WORDS = {"type": "string"}, {"type": "boolean"}, {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_DRAFT = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
_SECURITY = {"type": "array", "items": {"type": "object", "additionalProperties": WORDS}}
_COMPONENT = {"propertyNames": {"pattern": "^[a-zA-Z0-9._-]+$"}}

# The parts of the specification that a document of ours may use; any other member is a mistake.
# https://spec.openapis.org/oas/v3.1.0
SPECIFICATION = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(["openapi", "info", "paths"], {
        "openapi": {"type": "string", "pattern": r"^3\.1\.\d+$"},
        "info": _object(["title", "version"], {name: TEXT for name in ("title", "version", "summary", "description")}),
        "servers": {"type": "array", "items": _object(["url"], {"url": TEXT, "description": TEXT})},
        "security": _SECURITY,
        "tags": {"type": "array", "items": _object(["name"], {"name": TEXT, "description": TEXT})},
        "paths": {"type": "object", "propertyNames": {"pattern": "^/"},
                  "additionalProperties": _object([], {name: {"$ref": "#/$defs/operation"} for name in METHODS})},
        "components": _object([], {
            "securitySchemes": {"type": "object", "additionalProperties": {"$ref": "#/$defs/security"}, **_COMPONENT},
            "headers": _map("header", **_COMPONENT), "parameters": _map("parameter", **_COMPONENT),
            "responses": _map("response", **_COMPONENT),
            "schemas": {"type": "object", "additionalProperties": _DRAFT, **_COMPONENT}}),
    }),
    "$defs": {
        "link": _object(["$ref"], {"$ref": {"type": "string", "pattern": "^#/"}, "summary": TEXT, "description": TEXT}),
        "operation": _object(["responses"], {
            "tags": WORDS, "operationId": TEXT, "summary": TEXT, "description": TEXT, "security": _SECURITY,
            "parameters": {"type": "array", "items": _or_link("parameter"), "uniqueItems": True},
            "requestBody": _object(["content"], {"description": TEXT, "required": TRUTH, "content": {"$ref": "#/$defs/content"}}),
            "responses": {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^([1-5][0-9][0-9]|default)$"},
                          "additionalProperties": _or_link("response")}}),
        "parameter": _object(["name", "in", "schema"], {
            "name": TEXT, "in": {"enum": ["query", "header", "path", "cookie"]}, "description": TEXT, "required": TRUTH,
            "style": {"enum": ["form", "simple"]}, "explode": TRUTH, "schema": _DRAFT},
            **{"if": {"properties": {"in": {"const": "path"}}},
               "then": {"required": ["required"], "properties": {"required": {"const": True}}}}),
        "header": _object(["schema"], {"description": TEXT, "required": TRUTH, "schema": _DRAFT}),
        "response": _object(["description"], {"description": TEXT, "headers": _map("header"), "content": {"$ref": "#/$defs/content"}}),
        "content": {"type": "object", "minProperties": 1, "additionalProperties": _object([], {"schema": _DRAFT})},
        "security": {"oneOf": [
            _object(["type", "scheme"], {"type": {"const": "http"}, "scheme": TEXT, "description": TEXT}),
            _object(["type", "in", "name"], {"type": {"const": "apiKey"}, "in": {"enum": ["query", "header", "cookie"]}, "name": TEXT,
                                             "description": TEXT})]},
    },
}


class Document:
    def __init__(self, document):
        self.document = document
        self._closed = copy.deepcopy(document)
        self._close(self._closed["components"]["schemas"])
        self._close(self._closed["paths"])
        self._links = jsonschema.RefResolver.from_schema(self._closed)

    def mistakes(self):
        """Why it is no OpenAPI 3.1."""
        found = [f"{'/'.join(map(str, one.absolute_path))}: {one.message}"
                 for one in jsonschema.Draft202012Validator(SPECIFICATION).iter_errors(self.document)]
        names = [operation.get("operationId") for _, _, operation in self.operations()]
        found += [f"operationId {name} is there twice" for name in set(names) if name and names.count(name) > 1]
        found += [f"{link} leads nowhere" for link in self._dangling(self.document)]
        schemes = self.document["components"]["securitySchemes"]
        for used in [self.document.get("security", []), *(one.get("security", []) for _, _, one in self.operations())]:
            found += [f"security {name} is not described" for each in used for name in each if name not in schemes]
        return found

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    def body_mistakes(self, method, path, body):
        """What is wrong with a request's body."""
        content = self._closed["paths"][path][method.lower()]["requestBody"]["content"]
        return self._validate(body, content["application/json"]["schema"])

    def answer_mistakes(self, method, path, answer):
        """What is wrong with an answer; a member that is not described is a mistake, too."""
        responses = self._closed["paths"][path][method.lower()]["responses"]
        response = self._resolved(responses.get(str(answer.status_code), responses["default"]))
        if answer.status_code < 400 and str(answer.status_code) not in responses:
            return [f"{answer.status_code} is not described"]
        if "content" not in response:
            return ["a body that is not described"] if answer.content else []
        kind = answer.headers.get("Content-Type")
        if kind not in response["content"]:
            return [f"{kind} is not described"]
        found = [f"{name} is missing" for name in response.get("headers", {}) if name not in answer.headers]
        return found + (self._validate(answer.json(), response["content"][kind]["schema"]) if kind.endswith("json") else [])

    def schema_mistakes(self, value, name):
        return self._validate(value, {"$ref": f"#/components/schemas/{name}"})

    def query_parameters(self, method, path):
        parameters = map(self._resolved, self._closed["paths"][path][method.lower()].get("parameters", []))
        return {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}

    def _validate(self, value, schema):
        validator = jsonschema.Draft202012Validator(schema, resolver=self._links)
        return [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in validator.iter_errors(value)]

    def _resolved(self, value):
        while "$ref" in value:
            value = self._links.resolve(value["$ref"])[1]
        return value

    def _dangling(self, value):
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from self._dangling(each)
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            try:
                self._links.resolve(value["$ref"])
            except jsonschema.RefResolutionError:
                yield value["$ref"]

    def _close(self, value):
        """Lets objects have no members but those described, so that a test finds what is not."""
        if isinstance(value, list):
            for each in value:
                self._close(each)
        elif isinstance(value, dict):
            parts = value.pop("allOf", [])
            for part in parts:  # they make one object
                if "$ref" in part:
                    part = self._closed["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]]
                value["type"] = "object"
                value["required"] = value.get("required", []) + part["required"]
                value["properties"] = {**value.get("properties", {}), **part["properties"]}
            if isinstance(value.get("properties"), dict) and value.get("type") == "object":
                value.setdefault("additionalProperties", False)
            for each in value.values():
                self._close(each)
