/**
 * Test support: asks `/sim/…` of a simulator, by which tests change what it does and see what it did.
 * @param url Where the simulator is.
 * @throws {Error} when it refuses.
 */
export async function controlSimulator(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${url}/sim/${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`/sim/${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
