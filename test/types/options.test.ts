import { join } from 'node:path';
import { parseEmail } from '../../lib/email';
import { HttpClient } from '../../lib/http';
import { extractIndicators } from '../../lib/indicators';
import { buildPattern } from '../../lib/pattern';
import { bundleToHtml, bundleToSvg, emailToBundle, stixId } from '../../lib/stix';
import { root } from './compiler';
import { optionalProperties, refusingUndefined } from './face';

/** Rooms that are being rebuilt: their options come last. */
const NOT_YET: string[] = [];

const properties = optionalProperties(join(root, 'lib', 'index.ts'));

/** Every option of a type, as undefined. */
const nothing = (type: string): Record<string, undefined> => {
	const names = properties.filter(({ name }) => name.startsWith(`${type}.`)).map(({ property }) => property);
	expect(names.length).toBeGreaterThan(0);
	return Object.fromEntries(names.map((name) => [name, undefined]));
};

describe('an option that a user has no value for', () => {
	it('may be given as undefined, whatever compiler options the user has', () => {
		const refusing = refusingUndefined(properties);
		const isDone = ({ file }: { file: string }) => !NOT_YET.some((room) => file.startsWith(room));
		expect(refusing.filter(isDone).map(({ name }) => name)).toEqual([]);
		expect(properties.filter(isDone).length).toBeGreaterThan(100);
	});

	it('would be found out otherwise', () => {
		const file = 'test/types/options.test.ts';
		const strict = { name: 'Strict.a', file, position: 0, owner: '{ a?: string }', property: 'a' };
		const loose = { name: 'Loose.a', file, position: 0, owner: '{ a?: string | undefined }', property: 'a' };
		expect(refusingUndefined([strict, loose]).map(({ name }) => name)).toEqual(['Strict.a']);
	});

	it('means what leaving it out means', async () => {
		const raw = Buffer.from(
			'From: a@b.example\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\nhxxp://evil[.]example[.]net/x 198.51.100.7\r\n',
		);
		const now = () => 0;
		const email = await parseEmail(raw, { now });
		expect(await parseEmail(raw, { ...nothing('ParseOptions'), now })).toEqual(email);
		expect(extractIndicators(email, nothing('ExtractOptions'))).toEqual(extractIndicators(email));
		const bundle = emailToBundle(email);
		expect(emailToBundle(email, nothing('BundleOptions'))).toEqual(bundle);
		const groups = {
			include: nothing('IncludeOptions'),
			markings: nothing('MarkingOptions'),
			identity: nothing('IdentityOptions'),
			report: nothing('ReportOptions'),
			patterns: nothing('PatternOptions'),
			ids: nothing('IdentifierOptions'),
			sizes: nothing('SizeOptions'),
		};
		expect(emailToBundle(email, groups)).toEqual(bundle);
		expect(bundleToSvg(bundle, nothing('PictureOptions'))).toBe(bundleToSvg(bundle));
		expect(bundleToHtml(bundle, nothing('PictureOptions'))).toBe(bundleToHtml(bundle));
		const file = { hashes: { MD5: 'd41d8cd98f00b204e9800998ecf8427e' }, name: 'a' };
		expect(stixId('file', file, nothing('StixIdOptions'))).toBe(stixId('file', file));
		const indicators = extractIndicators(email);
		expect(buildPattern(indicators, nothing('BuildPatternOptions'))).toBe(buildPattern(indicators));
		expect(() => new HttpClient('https://a.example', nothing('HttpClientOptions'))).not.toThrow();
	});
});
