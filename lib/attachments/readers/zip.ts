import type { FileFlag } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';
import { riskOfName } from '../names';
import { wordsOf } from '../passwords';
import { readZipDirectory, type ZipEntry } from './zipDirectory';
import { readEntry } from './zipEntry';

/** Reads a zip file: names first, then the files in it, those that run programs before the others. */
export function readZip(file: OpenFile): void {
	const { entries, comment, isDamaged } = readZipDirectory(file.bytes);
	if (isDamaged) file.tell({ flags: ['damaged'] });
	if (comment !== '') file.tell({ properties: { comment: comment.slice(0, ATTACHMENT_LIMITS.maxPropertyCharacters) } });
	const files = entries.filter(({ isFolder }) => !isFolder);
	file.tell({ properties: { entries: files.length }, flags: flagsOfNames(files) });
	const { maxChildren } = ATTACHMENT_LIMITS;
	if (files.length > maxChildren) file.tell({ notRead: ['children'] });
	const chosen =
		files.length > maxChildren
			? files.toSorted((a, b) => Number(riskOfName(b.name) !== undefined) - Number(riskOfName(a.name) !== undefined))
			: files;
	const wanted = chosen.slice(0, maxChildren);
	const password = passwordOf(file, wanted, comment);
	for (const entry of wanted) {
		const result = readEntry(file.bytes, entry, file.inflatable, password);
		if ('notRead' in result) {
			file.tell({ notRead: [result.notRead] });
			if (result.notRead === 'bytes') return;
			continue;
		}
		file.inflatable -= result.bytes.length;
		if (!result.whole) file.tell({ flags: ['damaged'] });
		file.tell({ files: [{ name: entry.name, bytes: result.bytes }] });
	}
}

function flagsOfNames(entries: readonly ZipEntry[]): FileFlag[] {
	const flags = new Set<FileFlag>();
	if (entries.some(({ isEncrypted }) => isEncrypted)) flags.add('password-protected');
	for (const { name, otherName } of entries) {
		for (const one of [name, otherName]) {
			const risk = one === undefined ? undefined : riskOfName(one);
			if (risk !== undefined) flags.add(risk);
		}
		if (/^(?:[a-z]:)?[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)/i.test(name)) flags.add('unsafe-path');
	}
	return [...flags];
}

/** The word of the message, or of the comment, that opens the smallest encrypted file. */
function passwordOf(file: OpenFile, entries: readonly ZipEntry[], comment: string): string | undefined {
	const encrypted = entries.filter(({ isEncrypted }) => isEncrypted);
	if (encrypted.length === 0) return undefined;
	const smallest = encrypted.reduce((a, b) => (a.compressedSize <= b.compressedSize ? a : b));
	const words = new Set([...file.passwords, ...wordsOf(comment)]);
	for (const word of words) {
		if ('notRead' in readEntry(file.bytes, smallest, file.inflatable, word)) continue;
		file.tell({ properties: { password: word }, flags: ['password-in-message'] });
		return word;
	}
	return undefined;
}
