/** An HTTP answer; a string body is sent as it is, anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Thrown by a handler to answer something other than success. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** `{"error":"Bad Request: …","statusCode":400}`: a missing parameter or precondition. */
export function badRequest(reason: string): Refusal {
  return new Refusal({ status: 400, body: { error: `Bad Request: ${reason}`, statusCode: 400 } });
}

/** `{"error":"…","statusCode":…}`. */
export function failureAnswer(status: number, error: string): Refusal {
  return new Refusal({ status, body: { error, statusCode: status } });
}

/** IBKR's answer to what it does not find, and to much else. */
export function serviceUnavailable(): Refusal {
  return failureAnswer(503, 'Service Unavailable');
}

/** 401 without a body: no session, or an account `/portfolio` does not know. */
export function unauthorized(): Refusal {
  return new Refusal({ status: 401, body: '' });
}

/** A path that there is not. */
export function notFoundAnswer(): Refusal {
  const page = '<html><body><h1>Resource not found</h1></body></html>';
  return new Refusal({ status: 404, body: page, headers: { 'Content-Type': 'text/html' } });
}

/** What the content network in front of api.ibkr.com answers. */
export function accessDenied(): Refusal {
  const page = '<html><head><title>Error</title></head><body>Error 403 - Access Denied</body></html>';
  return new Refusal({ status: 403, body: page, headers: { 'Content-Type': 'text/html' } });
}
