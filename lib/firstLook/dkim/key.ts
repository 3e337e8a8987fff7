import { createPublicKey, type KeyObject } from 'node:crypto';
import { FIRST_LOOK_LIMITS } from '../../limits';
import { tagsOf } from './signature';

/** A key of a domain, or why there is none. */
export type DkimKey = { kind: 'rsa' | 'ed25519'; key: KeyObject; bits?: number } | string;

/** DER of an Ed25519 public key before its 32 bytes (RFC 8410 section 4). */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Reads a key record (RFC 6376 section 3.6.1, RFC 8463): the text of `selector._domainkey.domain`. */
export function readKey(record: string): DkimKey {
	if (record.length > FIRST_LOOK_LIMITS.maxKeyCharacters) return 'The key record is too long';
	const tags = tagsOf(record);
	const version = tags.get('v');
	if (version !== undefined && version !== 'DKIM1') return 'The key record is of another version';
	const text = (tags.get('p') ?? '').replace(/\s+/g, '');
	if (!tags.has('p')) return 'The key record holds no key';
	if (text === '') return 'The key was revoked';
	const bytes = Buffer.from(text, 'base64');
	const kind = tags.get('k')?.trim().toLowerCase() ?? 'rsa';
	try {
		if (kind === 'ed25519') {
			const der = bytes.length === 32 ? Buffer.concat([ED25519_PREFIX, bytes]) : bytes;
			return { kind, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
		}
		if (kind !== 'rsa') return `The key is of an unknown kind`;
		const key = rsaKey(bytes);
		const bits = key.asymmetricKeyDetails?.modulusLength;
		return { kind, key, ...(bits === undefined ? {} : { bits }) };
	} catch {
		return 'The key record is damaged';
	}
}

/** RFC 6376 says SubjectPublicKeyInfo, some domains publish the RSAPublicKey alone. */
function rsaKey(der: Buffer): KeyObject {
	try {
		return createPublicKey({ key: der, format: 'der', type: 'spki' });
	} catch {
		return createPublicKey({ key: der, format: 'der', type: 'pkcs1' });
	}
}
