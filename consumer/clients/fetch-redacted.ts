import type { Redact } from "../../shared/redact.ts";

/** `fetch`, but for the secrets in what is sent: a client's own credential goes in a header. */
export async function fetchRedacted(redact: Redact, url: string | URL, init: RequestInit): Promise<Response> {
  const { body } = init;
  if (typeof body === "string") return fetch(url, { ...init, body: redact(body) });
  return fetch(url, body instanceof FormData ? { ...init, body: await redactForm(body, redact) } : init);
}

async function redactForm(form: FormData, redact: Redact): Promise<FormData> {
  const clean = new FormData();
  for (const [name, value] of form) {
    if (typeof value === "string") clean.append(name, redact(value));
    else clean.append(name, new File([redact(await value.text())], value.name, { type: value.type }));
  }
  return clean;
}
