/**
 * What is loaded together. Left alone, each page would come in dozens of files of a kilobyte: all pages share a few parts,
 * and no two the same ones. A group takes what its modules need with it, unless a group above has it.
 */
const GROUPS: readonly (readonly [name: string, modules: RegExp])[] = [
  /** All pages, those that anybody may read among them. */
  [
    'site',
    /node_modules.react|preload-helper|ui.pages|ui.text.scrolling|console-error|components.(Anchor|Badge|Burger|Button|Container|Flex|Group|List|Loader|Paper|Skeleton|Stack|Text|Title|VisuallyHidden).|core.(Box|MantineProvider)|format.(numbers|words.(failure|order|sign-in)-words)|ui.(forms.action-button|notices.(notice|failure-notice)|values.mode-badge)|use-document-title|sign-in.(open|public)/,
  ],
  /** All pages for people who are signed in. */
  [
    'console',
    /tanstack|axios|use-local-storage|api.(apps|client|connection-changes|connections|intents|orders|tools|waiting-intents)|sign-in.session|features.(sign-in.signed|consent.pending)|ui.(connection-kinds.(kinds|secret|session)|forms.(confirmation|leaving|plain-choice|use-opener)|notices.(connection|use-late)|values.(change|moment|use-now)|waiting-orders)|connections.(session.(code-entry|second-factor|session-line)|trading)|format.(search|words.(asker|count)-words)/,
  ],
  /** The tabs of a connection. */
  [
    'tabs',
    /components.(Checkbox|Input|NativeSelect|SegmentedControl|Table).|ui.(forms.save-file|lists|notices.freshness|shown-connection|text.(disclosure|section)|values)|api.positions|contract.table|format.(csv|words.(approval|asset-class|limit))/,
  ],
  /** Signing in. Apart from what imports it, or the build would let it be loaded after all else. */
  ['firebase-auth', /node_modules.firebase/],
  /** Whatever is filled in. */
  [
    'fields',
    /components.(Fieldset|Radio|Switch|TagsInput).|mantine.form|format.words.setting|ui.(forms.(amount|changed|first|followed|form-failure|save-row)|rules)/,
  ],
];

/** For `codeSplitting` of the build. */
export const chunks = {
  groups: GROUPS.map(([name, test], index) => ({ name, test, priority: GROUPS.length - index })),
};
