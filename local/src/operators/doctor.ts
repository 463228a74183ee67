/** `npm run doctor`: whether a gateway that runs does what it has to, and what to do where it does not. */
import { givenApiKey } from '../config.ts';
import { fail } from './deploy/conversation.ts';
import { CHECKS } from './doctor/checks.ts';
import { examine } from './doctor/examine.ts';
import { givenOptions } from './given-options.ts';

const HELP = `npm run doctor -- [options]

Looks from outside whether a gateway does what hosts and people need of it, and says of each thing that is wrong what to do.
It asks and changes nothing. It ends with 0 when all is well, and with 1 when something is not.

  --url URL   where the gateway is, as people reach it (http://localhost:4280)
  --help      this text

With an API key in GATEWAY_API_KEY it also makes a call with it, through key, database, vault and connection.`;

const values = givenOptions({
  url: { type: 'string', default: 'http://localhost:4280' },
  help: { type: 'boolean' },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const url = URL.parse(values.url);
if (url === null || !/^https?:$/.test(url.protocol))
  fail(`--url is an address such as https://gateway.example.com, not "${values.url}".`);
const key = givenApiKey();
if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
  fail('GATEWAY_API_KEY is no API key: look for quotes or line breaks in it.');

let wrong = 0;
for await (const { name, trouble, fix } of examine(CHECKS, url.origin, key)) {
  console.log(trouble === null ? `well   ${name}` : `WRONG  ${name}: ${trouble}\n       ${fix}`);
  if (trouble !== null) wrong += 1;
}
console.log(wrong === 0 ? `\nAll is well at ${url.origin}.` : `\nWrong at ${url.origin}: ${wrong}.`);
process.exitCode = wrong === 0 ? 0 : 1;
