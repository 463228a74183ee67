/** The licences of the packages in a bundle. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The innermost package that a file belongs to. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const NOTICE = /^(licen[cs]e|notice|copying)/i;

/**
 * Their names, versions and licences, with the texts that come with them.
 *
 * @param repository What the files are relative to.
 * @param files All that a bundle was made of.
 */
export async function thirdPartyNotices(repository: string, files: readonly string[]): Promise<string> {
  const folders = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  const notices = await Promise.all(
    [...folders].toSorted().map((folder) => noticeOf(join(repository, folder))),
  );
  return `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license, licenses } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  // Packages of before 2015 have a list.
  const granted = license ?? licenses.map(({ type }: { type: string }) => type).join(' or ');
  const names = (await readdir(folder)).filter((file) => NOTICE.test(file)).toSorted();
  const texts = await Promise.all(names.map((file) => readFile(join(folder, file), 'utf8')));
  return [`${name} ${version} (${granted})`, ...texts.map((text) => text.trim())].join('\n\n');
}
