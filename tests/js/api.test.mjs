import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../../static/js/core/api.js";

function setUp(...answers) {
  const calls = [];
  const fetch = async (url, options) => {
    calls.push({ url: String(url), ...options });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const { status = 200, body } = answer;
    return { ok: status < 400, status, statusText: `status ${status}`, json: async () => JSON.parse(body) };
  };
  return { calls, api: new Api({ baseUrl: "http://chat.test/api/v1/", csrfToken: () => "token", fetch }) };
}

test("a change bears the CSRF token, a read does not", async () => {
  const { api, calls } = setUp({ body: "{}" }, { body: '{"id":"r"}' });
  await api.get("me/");
  assert.equal(calls[0].headers["X-CSRFToken"], undefined);
  assert.equal(calls[0].credentials, "same-origin");
  assert.deepEqual(await api.post("rooms/", { name: "harbour" }), { id: "r" });
  assert.equal(calls[1].url, "http://chat.test/api/v1/rooms/");
  assert.equal(calls[1].headers["X-CSRFToken"], "token");
  assert.equal(calls[1].body, '{"name":"harbour"}');
});

test("a refusal is an error with its code and field", async () => {
  const { api } = setUp({
    status: 400,
    body: '{"error":{"code":"bad_request","message":"Too long.","field":"name","retryable":false}}',
  });
  await assert.rejects(api.post("rooms/"), {
    name: "ChatError",
    code: "bad_request",
    message: "Too long.",
    field: "name",
  });
});

test("a proxy's page of HTML and a dead network are errors with codes too", async () => {
  const { api } = setUp({ status: 502, body: "<html>" }, new TypeError("fetch failed"), {
    status: 401,
    body: "",
  });
  await assert.rejects(api.get("me/"), { code: "overloaded", retryable: true });
  await assert.rejects(api.get("me/"), { code: "connection_lost", retryable: true });
  await assert.rejects(api.get("me/"), { code: "unauthenticated", retryable: false });
});

test("a list is read to its end", async () => {
  const { api, calls } = setUp({ body: '{"results":[1,2],"next":"a b"}' }, { body: '{"results":[3],"next":null}' });
  assert.deepEqual(await api.list("users/?limit=2"), [1, 2, 3]);
  assert.equal(calls[1].url, "http://chat.test/api/v1/users/?limit=2&cursor=a%20b");
});
