import { INDICATOR_LIMITS } from '../../limits';
import { decodePercent } from '../../text';
import {
	algorithmOfLength,
	cveValue,
	phoneNumberValue,
	techniqueValue,
	walletValue,
	type DomainName,
	type PlainValue,
	type Url,
	type Value,
} from '../../values';
import type { ExtractOptions } from '../options';
import { analysedHash, linkedHandle } from './knownHosts';

/** What is told of what a URL names. */
export type NamedKinds = Pick<ExtractOptions, 'hashes' | 'handles' | 'cve' | 'techniques' | 'wallets' | 'phones'>;

/** Behind the host. No word goes on with one of these. */
const CVE = /(?<![a-z0-9])CVE-\d{4}-\d{4,19}\b/gi;
/** `/techniques/T1059/001/`, `?id=T1059.001`: numbers of articles are written like techniques without a second part. */
const TECHNIQUE = /(?<=\btechniques?[/=#])T[01]\d{3}(?:[./]\d{3})?\b|(?<![a-z0-9])T[01]\d{3}\.\d{3}\b/gi;
const WALLET = /(?<![a-z0-9])[a-z0-9]{26,110}(?![a-z0-9])/gi;

/** Services that open a chat with a phone number, and where it stands. */
const CHATS: ReadonlyMap<string, RegExp> = new Map([
	['wa.me', /^\/\+?(\d{7,15})(?:[/?#]|$)/],
	['whatsapp.com', /^\/send\/?\?(?:[^#]{0,200}&)?phone=\+?(\d{7,15})(?:[&#]|$)/],
	['t.me', /^\/\+(\d{7,15})(?:[/?#]|$)/],
	['signal.me', /^\/#p\/\+(\d{7,15})$/],
]);

/** What a URL is about: a file, an account, a number to call, what its path names. At most {@link INDICATOR_LIMITS.maxNamedValues} of a kind. */
export function* valuesNamedIn({ host, value }: Url, wanted: NamedKinds): Generator<Value> {
	if (host === undefined) return;
	const digest = wanted.hashes === false ? undefined : analysedHash(value, host)?.toLowerCase();
	const algorithm = digest === undefined ? undefined : algorithmOfLength(digest.length);
	if (algorithm !== undefined) yield { type: 'file', value: digest!, hashes: { [algorithm]: digest! } };
	const handle = wanted.handles === true ? linkedHandle(value, host) : undefined;
	if (handle !== undefined) yield { type: 'user-account', value: handle };
	if (wanted.phones !== true && wanted.cve !== true && wanted.techniques !== true && wanted.wallets !== true) return;
	const path = value.indexOf('/', value.indexOf('://') + 3);
	if (path < 0) return;
	const rest = decodePercent(value.slice(path));
	const phone = wanted.phones === true ? calledNumber(rest, host) : undefined;
	if (phone !== undefined) yield { type: 'phone-number', value: phone };
	if (wanted.cve === true) yield* valuesOf('cve', rest, CVE, cveValue);
	if (wanted.techniques === true)
		yield* valuesOf('attack-pattern', rest, TECHNIQUE, (id) => techniqueValue(id.replace('/', '.')));
	if (wanted.wallets === true) yield* valuesOf('cryptocurrency-wallet', rest, WALLET, walletValue);
}

function* valuesOf(
	type: PlainValue['type'],
	text: string,
	expression: RegExp,
	read: (word: string) => string | undefined,
): Generator<Value> {
	let looked = 0;
	for (const [word] of text.matchAll(expression)) {
		if (looked++ >= INDICATOR_LIMITS.maxNamedValues) return;
		const value = read(word);
		if (value !== undefined) yield { type, value };
	}
}

/** The number that a link of such a service calls or writes to. */
function calledNumber(rest: string, { value, registrable }: DomainName): string | undefined {
	const digits = (CHATS.get(value) ?? CHATS.get(registrable ?? ''))?.exec(rest)?.[1];
	return digits === undefined ? undefined : phoneNumberValue(`+${digits}`);
}
