import { join } from 'node:path';
import { parseEmail } from '../../lib/email';
import { HttpClient } from '../../lib/http';
import { EsaClient, esaRowsToBundle, planHunt, translatePattern } from '../../lib/esa';
import { extractIndicators } from '../../lib/indicators';
import { GraphMailbox, ImapMailbox, messageFilter } from '../../lib/mailbox';
import { caseFromEmail, OpenCtiClient, reportFromBundle, reportFromEmail } from '../../lib/opencti';
import { buildPattern } from '../../lib/pattern';
import { bundleToHtml, bundleToSvg, emailToBundle, stixId } from '../../lib/stix';
import { root } from './compiler';
import { optionalProperties, refusingUndefined } from './face';

const properties = optionalProperties(join(root, 'lib', 'index.ts'));

const MESSAGE = Buffer.from(
	'From: a@b.example\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\nhxxp://evil[.]example[.]net/x 198.51.100.7\r\n',
);
const now = () => 0;

/** Every option of a type, as undefined. */
const nothing = (type: string): Record<string, undefined> => {
	const names = properties.filter(({ name }) => name.startsWith(`${type}.`)).map(({ property }) => property);
	expect(names.length).toBeGreaterThan(0);
	return Object.fromEntries(names.map((name) => [name, undefined]));
};

describe('an option that a user has no value for', () => {
	it('may be given as undefined, whatever compiler options the user has', () => {
		expect(refusingUndefined(properties).map(({ name }) => name)).toEqual([]);
		expect(properties.length).toBeGreaterThan(300);
	});

	it('would be found out otherwise', () => {
		const file = 'test/types/options.test.ts';
		const strict = { name: 'Strict.a', file, position: 0, owner: '{ a?: string }', property: 'a' };
		const loose = { name: 'Loose.a', file, position: 0, owner: '{ a?: string | undefined }', property: 'a' };
		expect(refusingUndefined([strict, loose]).map(({ name }) => name)).toEqual(['Strict.a']);
	});

	it('means what leaving it out means', async () => {
		const email = await parseEmail(MESSAGE, { now });
		expect(await parseEmail(MESSAGE, { ...nothing('ParseOptions'), now })).toEqual(email);
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

	it('means that of drafts, plans and connections, too', async () => {
		const email = await parseEmail(MESSAGE, { now });
		expect(reportFromEmail(email, nothing('ReportFromEmailOptions'))).toEqual(reportFromEmail(email));
		expect(caseFromEmail(email, nothing('CaseFromEmailOptions'))).toEqual(caseFromEmail(email));
		const bundle = emailToBundle(email);
		expect(reportFromBundle(bundle, nothing('ReportFromBundleOptions'))).toEqual(reportFromBundle(bundle));
		const pattern = "[email-addr:value = 'a@b.example'] START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'";
		expect(planHunt(pattern, nothing('HuntOptions'))).toEqual(planHunt(pattern));
		expect(translatePattern(pattern, nothing('TranslateOptions'))).toEqual(translatePattern(pattern));
		expect(esaRowsToBundle([], nothing('EsaBundleOptions'))).toEqual(esaRowsToBundle([]));
		expect(messageFilter(nothing('MessageFilterRules'))).toEqual(messageFilter({}));
		const network = nothing('NetworkOptions');
		const imap = { ...nothing('ImapOptions'), host: 'imap.example', user: 'u', password: 'p' };
		const graph = {
			...nothing('GraphMailboxOptions'),
			tenant: 'contoso.example',
			clientId: 'c',
			clientSecret: 's',
			mailbox: 'm',
		};
		const esa = { ...nothing('EsaClientOptions'), host: 'esa.example', user: 'u', passphrase: 'p' };
		const openCti = { ...nothing('OpenCtiClientOptions'), ...network, url: 'https://cti.example', token: 't' };
		expect(() => [
			new ImapMailbox(imap),
			new GraphMailbox(graph),
			new EsaClient(esa),
			new OpenCtiClient(openCti),
		]).not.toThrow();
	});
});
