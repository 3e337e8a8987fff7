import { createHash } from 'node:crypto';
import { hashDigits, isHashOfNothing, searchedHashes } from '../../../lib/values';

const ALGORITHMS = {
	MD5: 'md5',
	'SHA-1': 'sha1',
	'SHA-224': 'sha224',
	'SHA-256': 'sha256',
	'SHA-384': 'sha384',
	'SHA-512': 'sha512',
	'SHA3-224': 'sha3-224',
	'SHA3-256': 'sha3-256',
	'SHA3-384': 'sha3-384',
	'SHA3-512': 'sha3-512',
};

describe('The hash of an empty file', () => {
	it.each(Object.entries(ALGORITHMS))('is known by %s', (name, algorithm) => {
		const digest = (text: string) => createHash(algorithm).update(text).digest('hex');
		expect(hashDigits(name)).toBe(digest('').length);
		expect(isHashOfNothing(digest(''))).toBe(true);
		expect(isHashOfNothing(digest('').toUpperCase())).toBe(true);
		expect(isHashOfNothing(digest('a'))).toBe(false);
	});
});

describe('What of a file is looked for', () => {
	it.each([
		[{ MD5: 'a', 'SHA-256': 'b', 'SHA-512': 'c' }, { 'SHA-256': 'b' }],
		[
			{ MD5: 'a', 'SHA-1': 'b' },
			{ MD5: 'a', 'SHA-1': 'b' },
		],
		[
			{ MD5: 'a', 'SHA-256': '' },
			{ MD5: 'a', 'SHA-256': '' },
		],
		[{}, {}],
	])('of %j is %j', (hashes, searched) => {
		expect(searchedHashes(hashes)).toEqual(searched);
	});
});
