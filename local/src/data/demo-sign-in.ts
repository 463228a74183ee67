/** A paper user of the simulated IBKR with an authenticator app, so that the whole way of a sign-in can be walked. */
export interface DemoSignIn {
  username: string;
  password: string;
  /** Base32. */
  totpSecret: string;
  signInUrl: string;
}

const USERNAME = 'demo0001';
const AUTHENTICATOR_APP = '4';

/**
 * Makes sure the simulator knows the demo's user. Password and secret are the simulator's, which keeps them.
 *
 * @param simulator `host:port`
 */
export async function demoSignIn(simulator: string): Promise<DemoSignIn> {
  const response = await fetch(`http://${simulator}/sim/sign-ins/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: USERNAME, secondFactors: [AUTHENTICATOR_APP] }),
  });
  if (!response.ok)
    throw new Error(`The simulator refused the demo's sign-in: ${response.status} ${await response.text()}`);
  const { username, password, totpSecret } = (await response.json()) as DemoSignIn;
  return { username, password, totpSecret, signInUrl: `http://localhost:${new URL(response.url).port}` };
}
