import { OBSERVABLE_SCORES } from '../../defaults';
import { isRecord, plainText } from '../../json';
import type { Indicator, IndicatorFlag, IndicatorSource } from '../../indicators';
import type { AnyStixObject } from '../../stix';
import { stixValue } from '../../values';
import { refsIn } from './bundleObjects';

/** What is known of an object besides what it says itself: for where it is made, never over what is there. */
export interface ObjectDescription {
	labels: string[];
	/** 0 to 100. Absent where nothing speaks for or against it. */
	score?: number;
	description?: string;
}

/** What something is in a message. */
type Role = 'sender' | 'reply-to' | 'recipient' | 'relay' | 'link' | 'attachment' | 'in-attachment' | 'text';

/** The roles in words, in the order in which they are told. */
const ROLES: Readonly<Record<Role, string>> = {
	sender: 'sender',
	'reply-to': 'reply address',
	recipient: 'recipient',
	relay: 'server on its way',
	link: 'link',
	attachment: 'attachment',
	'in-attachment': 'in an attachment',
	text: 'in the text',
};

/** Roles become labels under this name: on a platform are other things than mail. */
const ROLE_LABEL = 'email:';

/** Flags that tell of a trick, as labels: an analyst looks for them. */
const TRICKS: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>([
	'lookalike-domain',
	'vip-name',
	'misplaced',
	'name-mismatch',
	'href-mismatch',
	'hidden-text',
	'decoy',
	'qr-code',
	'text-qr',
	'userinfo',
	'confusable',
	'shortener',
]);
const SUSPICIOUS: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>(['lookalike-domain', 'vip-name', 'misplaced']);
const HARMLESS: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>([
	'recipient',
	'relay',
	'own-domain',
	'allow-listed',
	'warning-list',
	'mail-provider',
	'private',
	'resolver',
	'documentation',
	'schema-url',
	'rewritten',
	'decoy',
	'display-name',
	'link-text',
]);

/** A file of the report, by its bytes. */
interface NamedFile {
	sha256: string;
	name: string;
}

/**
 * What the objects of a message are in it, and what is thought of them: by the roles of its addresses and files, and by where and how
 * their values were found. By STIX id; objects of which nothing is known are not in it. Pure.
 *
 * @param files Those that are uploaded with the report: the observable of a file names them.
 */
export function describeObjects(
	objects: readonly AnyStixObject[],
	indicators: readonly Indicator[],
	files: readonly NamedFile[],
): Map<string, ObjectDescription> {
	const known = new Map<string, Known>();
	const of = (id: string): Known => {
		const one = known.get(id) ?? new Known();
		known.set(id, one);
		return one;
	};
	for (const message of objects.filter(({ type }) => type === 'email-message')) {
		for (const id of refsIn(message, 'from_ref').concat(refsIn(message, 'sender_ref'))) of(id).roles.add('sender');
		for (const property of ['to_refs', 'cc_refs', 'bcc_refs']) {
			for (const id of refsIn(message, property)) of(id).roles.add('recipient');
		}
	}
	const ids = new Map(objects.flatMap((object) => keysOf(object).map((key) => [key, object.id] as const)));
	for (const indicator of indicators) {
		const id = keysOfIndicator(indicator)
			.map((key) => ids.get(key))
			.find((found) => found !== undefined);
		if (id !== undefined) of(id).add(indicator);
	}
	const names = new Map(files.map(({ sha256, name }) => [sha256.toLowerCase(), name]));
	const ofMessages = attachedIn(objects);
	for (const file of objects.filter(({ type }) => type === 'file')) {
		const digests = hashesOf(file);
		const name = digests.map((digest) => names.get(digest)).find((found) => found !== undefined);
		const about = of(file.id);
		if (name !== undefined) about.file = name;
		// A hash in a text is no file that came with it.
		const isAttached = name !== undefined || (file['size'] !== undefined && ofMessages.has(file.id));
		if (about.roles.size === 0 && isAttached) about.roles.add('attachment');
	}
	const described = new Map([...known].flatMap(([id, one]) => (one.isEmpty ? [] : [[id, one.description] as const])));
	// An indicator is what it is based on.
	for (const { type, source_ref: source, target_ref: target, ...relationship } of objects) {
		if (type !== 'relationship' || relationship['relationship_type'] !== 'based-on') continue;
		const about = described.get(plainText(target));
		if (about === undefined || !plainText(source).startsWith('indicator--')) continue;
		const { description: _ownWords, ...rest } = about;
		described.set(plainText(source), rest);
	}
	return described;
}

/** Ids of what messages consist of, and are related to: a bundle of others may be about files that came with no message. */
function attachedIn(objects: readonly AnyStixObject[]): ReadonlySet<string> {
	const ids = new Set<string>();
	const messages = new Set<string>();
	for (const { type, id, body_multipart: parts } of objects) {
		if (type !== 'email-message') continue;
		messages.add(id);
		for (const part of Array.isArray(parts) ? (parts as unknown[]) : []) {
			if (isRecord(part) && typeof part['body_raw_ref'] === 'string') ids.add(part['body_raw_ref']);
		}
	}
	for (const { type, source_ref: source, target_ref: target } of objects) {
		if (type === 'relationship' && messages.has(plainText(source))) ids.add(plainText(target));
	}
	return ids;
}

/** What is gathered about one object. */
class Known {
	readonly roles = new Set<Role>();
	file?: string;
	readonly #flags = new Set<IndicatorFlag>();
	readonly #resembles = new Set<string>();
	#isDefanged = false;

	add({ type, sources, flags, defanged, resembles }: Indicator): void {
		for (const source of sources) this.roles.add(roleOf(type, source));
		for (const flag of flags) this.#flags.add(flag);
		if (flags.includes('recipient')) this.roles.add('recipient');
		if (flags.includes('relay')) this.roles.add('relay');
		if (resembles !== undefined) this.#resembles.add(resembles);
		this.#isDefanged ||= defanged;
	}

	get isEmpty(): boolean {
		return this.roles.size === 0 && this.#flags.size === 0;
	}

	get description(): ObjectDescription {
		const roles = (Object.keys(ROLES) as Role[]).filter((role) => this.roles.has(role));
		const tricks = [...this.#flags].filter((flag) => TRICKS.has(flag)).sort();
		const score = this.#score(roles);
		const words = [
			...(roles.length > 0 ? [`In an email: ${roles.map((role) => ROLES[role]).join(', ')}.`] : []),
			...(this.#isDefanged ? ['Defanged by its author.'] : []),
			...(this.#resembles.size > 0 ? [`Looks like ${[...this.#resembles].join(', ')}.`] : []),
			...(tricks.length > 0 ? [`Flags: ${tricks.join(', ')}.`] : []),
			...(this.file === undefined ? [] : [`In the report as ${this.file}.`]),
		];
		return {
			labels: [...roles.map((role) => `${ROLE_LABEL}${role}`), ...tricks],
			...(score === undefined ? {} : { score }),
			...(words.length === 0 ? {} : { description: words.join(' ') }),
		};
	}

	/** What speaks against a value counts more than what speaks for it. */
	#score(roles: readonly Role[]): number | undefined {
		const has = (flags: ReadonlySet<IndicatorFlag>) => [...this.#flags].some((flag) => flags.has(flag));
		if (this.#isDefanged || has(SUSPICIOUS)) return OBSERVABLE_SCORES.suspicious;
		const isAddressee = roles.length > 0 && roles.every((role) => role === 'recipient' || role === 'relay');
		return has(HARMLESS) || isAddressee ? OBSERVABLE_SCORES.harmless : undefined;
	}
}

/** Header fields in which servers and the sender's programs note the way. */
const WAY = /^(?:received|received-spf|(?:arc-)?authentication-results|x-.*(?:ip|antispam-report))$/i;

function roleOf(type: Indicator['type'], { part, field = '' }: IndicatorSource): Role {
	// `2/text` is the text of the message attached as part 2.
	const place = part.slice(part.lastIndexOf('/') + 1);
	if (place === 'header') {
		if (/^reply-to$/i.test(field)) return 'reply-to';
		if (WAY.test(field)) return 'relay';
		return /^list-/i.test(field) ? 'link' : 'sender';
	}
	if (place === 'attachment') return type === 'file' ? 'attachment' : 'in-attachment';
	return type === 'url' || /\[/.test(field) ? 'link' : 'text';
}

const hashesOf = ({ hashes }: AnyStixObject): string[] =>
	typeof hashes === 'object' && hashes !== null
		? Object.values(hashes).flatMap((digest: unknown) => (typeof digest === 'string' ? [digest.toLowerCase()] : []))
		: [];

const keyOf = (type: string, value: string): string => `${type} ${type === 'url' ? value : value.toLowerCase()}`;

/** The texts by which an observable is found. */
function keysOf(object: AnyStixObject): string[] {
	if (object.type === 'file') return hashesOf(object).map((digest) => keyOf('file', digest));
	const value = object['value'] ?? object['number'];
	return object.type !== 'indicator' && (typeof value === 'string' || typeof value === 'number')
		? [keyOf(object.type, plainText(value))]
		: [];
}

function keysOfIndicator({ type, value, hashes = {} }: Indicator): string[] {
	if (type === 'file') return [value, ...Object.values(hashes)].map((digest) => keyOf('file', digest));
	const written = type === 'autonomous-system' ? value.replace(/^AS/i, '') : (stixValue(type, value) ?? value);
	return [keyOf(type, written)];
}
