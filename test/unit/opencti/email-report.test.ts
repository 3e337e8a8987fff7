import { LAB_TOKEN } from '../../lab/opencti';
import type { Email } from '../../../lib/email';
import { emailReport, type EmailReportOptions } from '../../../lib/opencti';
import { stixId, type AnyStixObject } from '../../../lib/stix';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

afterEach(closeWorlds);

const mail = (more: Partial<Email> = {}) =>
	email({
		text: 'hxxp://evil[.]example[.]org/a, http://seen.example.net/b, 10.0.0.7, http://www.w3.org/1999/xhtml, http://intra.example.com/x',
		...more,
	});
const values = (objects: readonly AnyStixObject[]) =>
	objects.flatMap(({ type, value }) => (/^(?:url|domain-name|ipv4-addr)$/.test(type) ? [value] : [])).sort();
const types = (options: EmailReportOptions) => new Set(emailReport(mail(), options).objects.map(({ type }) => type));

const value = 'http://example.org/finding';
const finding: AnyStixObject = { type: 'url', id: stixId('url', { value }), value };

describe('the report of a message', () => {
	it('holds nothing but the message, unless asked', () => {
		const { draft, objects } = emailReport(mail());
		expect(objects).toEqual([]);
		expect(draft.description).not.toContain('Indicators found');
	});

	it('holds what was found in it, without private addresses, schemas and what is of an own domain', () => {
		const { draft, objects } = emailReport(mail(), { contents: 'observables', ownDomains: ['example.com'] });
		expect(values(objects)).toEqual(
			[
				'example.org',
				'evil.example.org',
				'http://evil.example.org/a',
				'http://seen.example.net/b',
				'seen.example.net',
			].sort(),
		);
		expect(draft.description).toContain('**Indicators found**');
		expect(draft.description).not.toMatch(/10\\\[|w3\\\[|intra/);
	});

	it('takes a domain that nobody calls his own', () => {
		expect(values(emailReport(mail(), { contents: 'observables' }).objects)).toContain('http://intra.example.com/x');
	});

	it('holds an indicator of what a person had defanged, only where they are asked for', () => {
		expect(types({ contents: 'observables' })).not.toContain('indicator');
		const { objects } = emailReport(mail(), { contents: 'indicators' });
		const patterns = objects.filter(({ type }) => type === 'indicator').map(({ pattern }) => pattern as string);
		expect(patterns.length).toBeGreaterThan(0);
		expect(patterns.every((pattern) => pattern.includes('evil.example.org'))).toBe(true);
	});

	it('brings no report of its own: the report is made of the draft', () => {
		expect(types({ contents: 'indicators' })).not.toContain('report');
	});

	it('gives a file the id that the platform computes', () => {
		const attachments = [attachment('a.pdf', 'application/pdf', '%PDF')];
		const { objects } = emailReport(mail({ attachments }), { contents: 'observables' });
		const file = objects.find(({ type }) => type === 'file')!;
		const ours = { hashes: file['hashes'], name: file['name'] };
		expect(file.id).toBe(stixId('file', ours, { fileIdentity: 'opencti' }));
		expect(file.id).not.toBe(stixId('file', ours));
	});

	it('puts what a person chose first: a message of very many objects must not push it out', () => {
		const { objects } = emailReport(mail(), { contents: 'observables', findings: [finding] });
		expect(objects[0]).toBe(finding);
		expect(emailReport(mail(), { findings: [finding] }).objects).toEqual([finding]);
	});

	it.each([
		[undefined, 'TLP:AMBER+STRICT'],
		['green', 'TLP:GREEN'],
		[['PAP:AMBER', 'TLP:RED'], 'TLP:RED'],
		[[], undefined],
	])('marked %j has its objects marked so', (marking, level) => {
		const options = marking === undefined ? {} : { marking };
		const { objects } = emailReport(mail(), { contents: 'observables', ...options });
		const names = objects.flatMap(({ type, name }) => (type === 'marking-definition' ? [name] : []));
		expect(names).toEqual(level === undefined ? [] : [level]);
	});

	it('that lacks what is above the number of indicators says so, and how to get it', () => {
		const text = Array.from({ length: 10_050 }, (_, at) => `hxxp://h${at}[.]example[.]org`).join(' ');
		const { draft } = emailReport(mail({ text }), { contents: 'observables' });
		expect(draft.incomplete).toBe(true);
		expect(draft.warnings).toContainEqual({
			code: 'indicators-omitted',
			message: expect.stringMatching(/^\d+ finding\(s\) .*'Max Indicators' can be increased/),
		});
	});

	it('is the same on every run', () => {
		const make = () => emailReport(mail(), { contents: 'indicators', findings: [finding] });
		expect(make()).toEqual(make());
	});
});

describe('OpenCtiClient.createReportFromEmail', () => {
	it('asks for nothing more than a report where it holds nothing more', async () => {
		const { lab, client } = await world();
		const made = await client.createReportFromEmail(mail(), { labels: ['phishing'] });
		expect(made).toMatchObject({ created: true, complete: true, labels: ['phishing'] });
		expect(made).not.toHaveProperty('objects');
		expect(
			lab.requests.map(({ operation }) => operation).filter((name) => /Existing|ByIds|Observable/.test(name)),
		).toEqual([]);
	});

	it('makes the objects and the report that holds them, with the options of a creation', async () => {
		const { lab, client } = await world({
			users: [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'] }],
		});
		const made = await client.createReportFromEmail(mail(), {
			contents: 'observables',
			findings: [finding],
			labels: ['new'],
			missingLabels: 'skip',
		});
		expect(made).toMatchObject({ created: true, warnings: [{ code: 'label-unknown' }, { code: 'label-unknown' }] });
		const [report] = lab.snapshot().reports;
		expect(report!.objects.map(({ type }) => type)).toEqual(expect.arrayContaining(['Url', 'Email-Message']));
		expect(lab.store.ofType('Url').map(({ data }) => data['value'])).toContain(value);
	});
});
