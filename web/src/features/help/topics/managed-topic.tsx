import { Link } from 'react-router';
import { Heading, Prose } from '../../../ui/text/prose.tsx';
import { TopicLink } from '../topic-link.tsx';

export function ManagedTopic() {
  return (
    <Prose>
      <p>
        The gateway can sign in to IBKR as you do: with your username, your password, and a code of your
        authenticator app. There is nothing to run, nothing to wait for, and after the nightly reset it signs
        in again by itself. <b>It has not been tried with IBKR’s own servers yet</b>: begin with a paper
        account.
      </p>

      <Heading id="which">Which kind suits whom</Heading>
      <table>
        <thead>
          <tr>
            <th>Kind</th>
            <th>For whom</th>
            <th>What it takes</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>Sandbox</td>
            <td>who wants to look around</td>
            <td>nothing</td>
          </tr>
          <tr>
            <td>Name and password</td>
            <td>a private person who trusts whoever runs this gateway</td>
            <td>an IBKR user, best a second one; its password is stored here</td>
          </tr>
          <tr>
            <td>
              <TopicLink to="ibkr-oauth">IBKR OAuth</TopicLink>
            </td>
            <td>advisors and institutions; IBKR may refuse private persons</td>
            <td>key files and up to two weeks</td>
          </tr>
          <tr>
            <td>
              <TopicLink to="gateway">Client Portal Gateway</TopicLink>
            </td>
            <td>who wants to keep the password to themselves</td>
            <td>a program of your own on a public host, and a sign-in every day</td>
          </tr>
        </tbody>
      </table>

      <Heading id="stored">What is stored</Heading>
      <p>
        Your username, password and, if you enter it, the activation code of your authenticator app, sealed
        with AES-256-GCM. Nobody is shown them again, and deleting the connection destroys them. Whoever runs
        this gateway could read them, for it has the key. With password and activation code in one place, your
        two factors are one. IBKR’s client agreement makes you responsible for protecting your username,
        password and security devices, and for the trades that are entered with them: leaving them here is
        your own risk.
      </p>

      <Heading id="second-user">1. A second username</Heading>
      <p>
        In IBKR’s Client Portal, open Settings, then Users &amp; Access Rights, and add a user with trading
        rights only. It cannot move money out, has a second factor of its own, and leaves the session of your
        own TWS alone.
      </p>

      <Heading id="authenticator">2. The authenticator app</Heading>
      <ol>
        <li>Sign in to IBKR’s Client Portal as that user, open Settings, and search for “secure login”.</li>
        <li>
          Open Secure Login System, add a second factor, and choose Mobile Authenticator App (in some regions
          Soft Token).
        </li>
        <li>
          Copy the activation code under the QR code: letters and digits, whose spaces, hyphens and case do
          not matter. Scan the QR code with your phone too, and finish as IBKR says.
        </li>
        <li>Keep IB Key enrolled as a second way in.</li>
      </ol>
      <p>
        To change the activation code, remove the authenticator app there, add it again, and enter the new
        code in the connection’s Settings.
      </p>
      <p>
        If you do not want to leave the activation code here, do not enter it: when IBKR wants a second
        factor, the page of the connection asks you, once a session. That may be a code of the app, a code
        that IBKR sends by email or text message, or an approval in IBKR’s app on the phone. Where IBKR takes
        several, you choose on that page, and are asked the same way the next time. Paper users usually need
        no second factor.
      </p>
      <p>
        Where the activation code is stored, a code of the app is taken whenever IBKR takes one, so that
        nobody has to be there.
      </p>

      <Heading id="add">3. Add the connection</Heading>
      <p>
        <Link to="/connections/new/managed">Add a connection</Link> of the kind <i>IBKR name and password</i>,
        and choose paper or live. The test signs in and shows each step.
      </p>

      <Heading id="states">What the states mean</Heading>
      <ul>
        <li>
          <b>IBKR refused your name, password or code</b>: enter them again in Settings. IBKR locks a user for
          a day after ten failures, so nothing is tried again before that. If you believe they are right, sign
          in to IBKR in a browser first, then test the connection ten minutes later.
        </li>
        <li>
          <b>IBKR needs a code from your authenticator app</b>: type the six digits that it shows now.
        </li>
        <li>
          <b>IBKR needs a code that it sends you</b>: have it sent on the page of the connection, look for an
          email and a text message, and type it there within five minutes. A device that IBKR does not know
          yet needs one once, whatever other second factor you have.
        </li>
        <li>
          <b>IBKR needs your approval on your phone</b>: press <i>Ask on my phone</i>, and approve in IBKR’s
          app. If it shows a number to enter, the page says which; type here what the app answers. To be asked
          no more, add an authenticator app as above.
        </li>
        <li>
          <b>Paper and live do not match</b>: the user is of the other kind. Change the mode in Settings, or
          enter the other user.
        </li>
        <li>
          <b>Locked at IBKR</b>: wait a day or call IBKR, sign in there once, then test the connection.
        </li>
        <li>
          <b>IBKR changed its sign-in</b>: sign in to IBKR in a browser, which may show a message first. If
          not, the gateway needs a change: tell its operator.
        </li>
        <li>
          <b>IBKR cannot be reached</b>: it is tried again after a minute, an hour and six hours. Testing the
          connection tries at once.
        </li>
      </ul>
    </Prose>
  );
}
