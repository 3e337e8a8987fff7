import { hash, verify } from 'node:crypto';
import type { EmailWarning } from '../../email';
import { compact } from '../../json';
import { FIRST_LOOK_LIMITS } from '../../limits';
import { alignmentOf, domainOf, type Alignment } from '../domains';
import { canonicalBody, canonicalField, splitMessage, withCrlf, type RawHeaderField } from './canonical';
import { readKey } from './key';
import { readSignature, type Canonicalization, type Signature } from './signature';

/** What one's own check of a signature gave, in the words of RFC 8601 section 2.7.1. */
export interface CheckedSignature {
	/**
	 * `pass`: the domain signed these bytes; `fail`: it did not, or they were changed on the way; `policy`: it did, in a way that proves
	 * little (a short key, a part of the body); `neutral`: no key at hand; `permerror`: no signature that can be read, or a key that is
	 * none; `temperror`: the key could not be asked for.
	 */
	result: 'pass' | 'fail' | 'policy' | 'neutral' | 'permerror' | 'temperror';
	domain?: string;
	selector?: string;
	algorithm?: string;
	/** With the domain in From. */
	alignment?: Alignment;
	/** Why it is no pass, or what to know of one. */
	reason?: string;
}

/** Options of {@link checkDkim}. */
export interface DkimOptions {
	/** Key records by name: `selector._domainkey.example.org` to the text of its TXT record. */
	keys?: Readonly<Record<string, string>> | undefined;
	/**
	 * Asks for the text of a TXT record; undefined when there is none. Called for names that `keys` has not. Default: nobody is asked.
	 * The name comes from the message: whoever runs its DNS sees that the message is looked at.
	 */
	resolve?: ((name: string) => Promise<string | undefined>) | undefined;
	/** For expiry. Milliseconds since the epoch. Default: a signature that has expired since is none the worse. */
	now?: number | undefined;
	/** Domain in From, for the alignment. Default: read from the message. */
	from?: string | undefined;
}

/** What {@link checkDkim} gives. */
export interface DkimCheck {
	signatures: CheckedSignature[];
	warnings: EmailWarning[];
}

const NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9])?$/;
/** RFC 8301 section 3.2: shorter keys are not to be believed. */
const MIN_KEY_BITS = 1_024;

/**
 * Checks the DKIM signatures of a message (RFC 6376, 8301, 8463) with given keys. Nothing is asked of anybody unless `resolve` is given.
 * Linear in the message for each of no more than `FIRST_LOOK_LIMITS.maxSignatures` signatures.
 *
 * The bytes must be those that were delivered: what changes them on the way (Microsoft Graph builds its MIME anew, lists add footers,
 * gateways rewrite links) makes a good signature fail.
 */
export async function checkDkim(raw: Buffer, options: DkimOptions = {}): Promise<DkimCheck> {
	const { bytes, isChanged } = withCrlf(raw);
	const { fields, body } = splitMessage(bytes);
	const all = fields.map((field, index) => ({ field, index })).filter(({ field }) => field.key === 'dkim-signature');
	const warnings: EmailWarning[] = [];
	if (all.length > FIRST_LOOK_LIMITS.maxSignatures) {
		const message = `The message has ${all.length} DKIM signatures. Only the first ${FIRST_LOOK_LIMITS.maxSignatures} were checked.`;
		warnings.push({ code: 'dkim-too-many', message });
	}
	if (isChanged && all.length > 0) {
		const message =
			'The message has line ends without a carriage return. They were completed before its signatures were checked.';
		warnings.push({ code: 'dkim-line-ends', message });
	}
	const bodies = new Map<Canonicalization, Buffer>();
	const canonical = (form: Canonicalization): Buffer => {
		let found = bodies.get(form);
		if (found === undefined) bodies.set(form, (found = canonicalBody(body, form)));
		return found;
	};
	const from = options.from ?? domainOf(fields.find(({ key }) => key === 'from')?.raw);
	const signatures: CheckedSignature[] = [];
	for (const { field, index } of all.slice(0, FIRST_LOOK_LIMITS.maxSignatures)) {
		const signature = readSignature(field.raw.slice(field.raw.indexOf(':') + 1));
		if (typeof signature === 'string') {
			signatures.push({ result: 'permerror', reason: signature });
			continue;
		}
		const { domain, selector, algorithm } = signature;
		const checked = await check(signature, { fields, field, index }, canonical, options);
		signatures.push({ ...checked, ...compact({ domain, selector, algorithm, alignment: alignmentOf(from, domain) }) });
	}
	return { signatures, warnings };
}

interface Signed {
	fields: readonly RawHeaderField[];
	/** The signature's own field. */
	field: RawHeaderField;
	index: number;
}

type Checked = Pick<CheckedSignature, 'result' | 'reason'>;

async function check(
	signature: Signature,
	signed: Signed,
	canonical: (form: Canonicalization) => Buffer,
	options: DkimOptions,
): Promise<Checked> {
	const { algorithm, domain, selector, length, expires } = signature;
	if (algorithm === 'rsa-sha1') return { result: 'policy', reason: 'SHA-1 proves nothing any more (RFC 8301)' };
	if (algorithm !== 'rsa-sha256' && algorithm !== 'ed25519-sha256')
		return { result: 'permerror', reason: 'The algorithm is not known' };
	const name = `${selector}._domainkey.${domain}`;
	if (!NAME.test(name)) return { result: 'permerror', reason: 'The signature names no domain' };
	const whole = canonical(signature.body);
	if (length !== undefined && length > whole.length)
		return { result: 'permerror', reason: 'More of the body is signed than there is' };
	const part = length === undefined ? whole : whole.subarray(0, length);
	if (!hash('sha256', part, 'buffer').equals(signature.bodyHash))
		return { result: 'fail', reason: 'The body is not the one that was signed' };
	const record = await recordOf(name, options);
	if (record === 'failed') return { result: 'temperror', reason: 'The key could not be asked for' };
	if (record === undefined) {
		const wasAsked = options.resolve !== undefined;
		return {
			result: wasAsked ? 'permerror' : 'neutral',
			reason: wasAsked ? 'The domain has no such key' : 'The key is not given',
		};
	}
	const key = readKey(record);
	if (typeof key === 'string') return { result: 'permerror', reason: key };
	if (!algorithm.startsWith(`${key.kind}-`))
		return { result: 'permerror', reason: 'The key is of another kind than the signature' };
	const input = Buffer.from(signedHeader(signature, signed), 'latin1');
	const isRight =
		key.kind === 'rsa'
			? verify('sha256', input, key.key, signature.bytes)
			: verify(null, hash('sha256', input, 'buffer'), key.key, signature.bytes);
	if (!isRight) return { result: 'fail', reason: 'The header is not the one that was signed' };
	if ((key.bits ?? MIN_KEY_BITS) < MIN_KEY_BITS)
		return { result: 'policy', reason: `The key has ${key.bits} bits only` };
	if (length !== undefined && length < whole.length)
		return { result: 'policy', reason: `Only the first ${length} of ${whole.length} bytes of the body are signed` };
	if (expires !== undefined && options.now !== undefined && options.now > expires * 1_000)
		return { result: 'policy', reason: 'The signature has expired' };
	return { result: 'pass' };
}

/** The text of a key record; `failed` when whoever was asked did not answer. */
async function recordOf(name: string, { keys = {}, resolve }: DkimOptions): Promise<string | undefined> {
	if (Object.hasOwn(keys, name)) return keys[name];
	if (resolve === undefined) return undefined;
	try {
		return await resolve(name);
	} catch {
		return 'failed';
	}
}

/** What is signed of the header (RFC 6376 section 3.7): the named fields, repeated ones from the bottom, then the signature without b=. */
function signedHeader({ fields: wanted, header }: Signature, { fields, field, index }: Signed): string {
	const left = new Map<string, number[]>();
	for (const [at, { key }] of fields.entries()) {
		if (at === index) continue;
		const same = left.get(key);
		if (same === undefined) left.set(key, [at]);
		else same.push(at);
	}
	const lines: string[] = [];
	for (const key of wanted) {
		const at = left.get(key)?.pop();
		// A field that is named and not there keeps anybody from adding one.
		if (at !== undefined) lines.push(`${canonicalField(fields[at]!, header)}\r\n`);
	}
	const own = canonicalField({ ...field, raw: withoutSignature(field.raw) }, header);
	return lines.join('') + own;
}

/** The signature's field with an empty b=. */
function withoutSignature(raw: string): string {
	return raw.replace(/((?:^|[;:])\s{0,1000}b\s{0,100}=)[^;]*/, '$1');
}
