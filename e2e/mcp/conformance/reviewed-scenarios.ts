/**
 * Every server scenario of the conformance suite, reviewed: what runs, and what does not apply and why. The suite
 * was made for SDKs, and fails a server for what it never declared
 * (https://github.com/modelcontextprotocol/conformance/issues/516).
 */

export type Revision = '2025-11-25' | '2026-07-28';

/** Ids of checks that cannot succeed, each with the reason. */
export type Exceptions = Record<string, string>;

const NO_PROMPTS = 'The gateway has no prompts and declares none: -32601 is the right answer.';
const NO_RESOURCES = 'The gateway has no resources and declares none: -32601 is the right answer.';
const NO_COMPLETIONS = 'The gateway declares no completions: -32601 is the right answer.';
const NO_LOGGING = 'The gateway declares no logging: -32601 is the right answer.';
const NO_MEDIA = 'The tools answer data and text, never images, sound or embedded resources.';
const NO_STREAMS = 'Every answer is one JSON body, since Hosting holds streams back: there is no progress.';
const NO_SESSIONS = 'Before 2026-07-28 it needs a session, and the gateway is stateless.';
const NO_SUBSCRIPTIONS =
  'The gateway declares nothing that changes by itself: subscriptions/listen is -32601.';
const NO_SERVER_REQUESTS =
  'A stateless server cannot send requests of its own to a client before 2026-07-28.';
const NO_SAMPLING = 'No tool uses the model of the client.';
const FIXED_QUESTION = 'It wants a tool without arguments that asks the questions the suite has answers for.';
const FIXED_SCHEMA = 'It looks for a tool of the suite by its name and its schema.';
const NO_PARAMETER_HEADERS = 'No tool wants a parameter repeated in a header (x-mcp-header).';
const NO_EXTENSIONS = 'An optional extension that the gateway does not declare.';

/** The scenarios that run, per revision; those of one revision only would say nothing about the other. */
export const APPLICABLE: Record<Revision, Record<string, Exceptions>> = {
  '2025-11-25': {
    'server-initialize': {},
    'server-session-lifecycle': {},
    ping: {},
    'tools-list': {},
    'tools-call-simple-text': {},
    'tools-call-error': {},
    'dns-rebinding-protection': {},
  },
  '2026-07-28': {
    'server-stateless': {
      'sep-2575-server-rejects-undeclared-capability': NO_SAMPLING,
      'sep-2575-missing-capability-http-400': NO_SAMPLING,
      'sep-2575-server-sends-subscription-ack': NO_SUBSCRIPTIONS,
      'sep-2575-server-tags-subscription-id': NO_SUBSCRIPTIONS,
      'sep-2575-server-honors-notification-filter': NO_SUBSCRIPTIONS,
      'sep-2575-server-sends-prompts-list-changed-on-subscription': NO_SUBSCRIPTIONS,
      'sep-2575-server-sends-tools-list-changed-on-subscription': NO_SUBSCRIPTIONS,
    },
    'tools-list': {},
    'tools-call-simple-text': {},
    'tools-call-error': {},
    'server-sse-multiple-streams': {},
    'dns-rebinding-protection': {},
    caching: {
      'sep-2549-prompts-list-caching-hints': NO_PROMPTS,
      'sep-2549-resources-list-caching-hints': NO_RESOURCES,
      'sep-2549-resources-templates-list-caching-hints': NO_RESOURCES,
      'sep-2549-resources-read-caching-hints': NO_RESOURCES,
    },
    'http-header-validation': {},
    'input-required-result-unsupported-methods': {},
  },
};

/** The scenarios that do not run in any other revision, each with the reason. */
export const NOT_APPLICABLE: Record<string, string> = {
  'logging-set-level': NO_LOGGING,
  'tools-call-with-logging': NO_LOGGING,
  'completion-complete': NO_COMPLETIONS,
  'tools-call-image': NO_MEDIA,
  'tools-call-audio': NO_MEDIA,
  'tools-call-embedded-resource': NO_MEDIA,
  'tools-call-mixed-content': NO_MEDIA,
  'tools-call-with-progress': NO_STREAMS,
  'server-sse-polling': NO_SESSIONS,
  'server-sse-multiple-streams': NO_SESSIONS,
  'tools-call-sampling': NO_SERVER_REQUESTS,
  'tools-call-elicitation': NO_SERVER_REQUESTS,
  'elicitation-sep1034-defaults': NO_SERVER_REQUESTS,
  'elicitation-sep1330-enums': NO_SERVER_REQUESTS,
  'json-schema-2020-12': FIXED_SCHEMA,
  'resources-list': NO_RESOURCES,
  'resources-read-text': NO_RESOURCES,
  'resources-read-binary': NO_RESOURCES,
  'resources-templates-read': NO_RESOURCES,
  'resources-subscribe': NO_RESOURCES,
  'resources-unsubscribe': NO_RESOURCES,
  'sep-2164-resource-not-found': NO_RESOURCES,
  'prompts-list': NO_PROMPTS,
  'prompts-get-simple': NO_PROMPTS,
  'prompts-get-with-args': NO_PROMPTS,
  'prompts-get-embedded-resource': NO_PROMPTS,
  'prompts-get-with-image': NO_PROMPTS,
  'http-custom-header-server-validation': NO_PARAMETER_HEADERS,
  'input-required-result-basic-elicitation': FIXED_QUESTION,
  'input-required-result-basic-sampling': NO_SAMPLING,
  'input-required-result-basic-list-roots': FIXED_QUESTION,
  'input-required-result-request-state': FIXED_QUESTION,
  'input-required-result-multiple-input-requests': FIXED_QUESTION,
  'input-required-result-multi-round': FIXED_QUESTION,
  'input-required-result-missing-input-response': FIXED_QUESTION,
  'input-required-result-non-tool-request': NO_PROMPTS,
  'input-required-result-result-type': FIXED_QUESTION,
  'input-required-result-tampered-state': FIXED_QUESTION,
  'input-required-result-capability-check': NO_SAMPLING,
  'input-required-result-ignore-extra-params': FIXED_QUESTION,
  'input-required-result-validate-input': FIXED_QUESTION,
  'sep-2640-skills-directory': NO_EXTENSIONS,
  'sep-2640-skills-enumeration': NO_EXTENSIONS,
  'sep-2640-skills-manifest': NO_EXTENSIONS,
  'tasks-lifecycle': NO_EXTENSIONS,
  'tasks-capability-negotiation': NO_EXTENSIONS,
  'tasks-wire-fields': NO_EXTENSIONS,
  'tasks-request-state-removal': NO_EXTENSIONS,
  'tasks-mrtr-input': NO_EXTENSIONS,
  'tasks-request-headers': NO_EXTENSIONS,
  'tasks-dispatch-and-envelope': NO_EXTENSIONS,
  'tasks-status-notifications': NO_EXTENSIONS,
  'tasks-required-task-error': NO_EXTENSIONS,
  'tasks-mrtr-composition': NO_EXTENSIONS,
};
