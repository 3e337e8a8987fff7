import { closeAttachments, openAttachments } from '../../../lib/attachments';
import { extractIndicators } from '../../../lib/indicators';
import { fixture, hasSevenZip, mailWith, planted, within, type Planted } from './corpus';

afterAll(closeAttachments);

/** Opens a file as it comes with its mail, and gives what is found in the mail. */
async function found({ file, name = file, type, body }: Planted) {
	const bytes = fixture(file);
	const mail = await mailWith([{ name, bytes, ...(type === undefined ? {} : { type }) }], body);
	const email = await openAttachments(mail, { otherArchives: true });
	const [attachment] = email.attachments;
	return { email, attachment: attachment!, indicators: extractIndicators(email) };
}

/** Hosts of the corpus' own: what a maker writes into every file (schemas, its own site) is not planted. */
const isOwn = (value: string): boolean => /\.example\.(?:com|org|net)\b/i.test(value);

async function expectPlanted(truth: Planted): Promise<void> {
	const { attachment, indicators, email } = await found(truth);
	const files = [...within(attachment)];
	const urls = indicators.filter(({ type, flags }) => type === 'url' && !flags.includes('schema-url'));
	const own = urls.filter(({ value, flags }) => isOwn(value) && !flags.includes('decoy'));
	expect(own.map(({ value }) => value).sort()).toEqual([...truth.urls].sort());
	expect(urls.filter(({ flags }) => flags.includes('decoy'))).toHaveLength(truth.decoys ?? 0);
	const codes = files.flatMap(({ opened }) => opened?.codes ?? []);
	expect(codes.map(({ text, content }) => `${content} ${text}`).sort()).toEqual(
		truth.codes.map(({ text, content }) => `${content} ${text}`).sort(),
	);
	for (const address of truth.addresses ?? [])
		expect(indicators.map(({ type, value }) => `${type} ${value}`)).toContain(`email-addr ${address}`);

	if (truth.kind !== undefined) expect(attachment.opened?.kind).toBe(truth.kind);
	if (truth.kind !== undefined) expect([...(attachment.opened?.flags ?? [])].sort()).toEqual([...truth.flags].sort());
	if (truth.anyNotRead !== true) expect(attachment.opened?.notRead ?? []).toEqual(truth.notRead);
	if (truth.properties !== undefined) expect(attachment.opened?.properties).toMatchObject(truth.properties);
	if (truth.children !== undefined)
		expect(attachment.opened?.children.map(({ fileName }) => fileName)).toEqual(truth.children);
	const missing = [...truth.notRead, ...(truth.notReadInside ?? [])];
	const inside = files.flatMap(({ opened }) => opened?.notRead ?? []);
	if (truth.anyNotRead !== true) expect(new Set(inside)).toEqual(new Set(missing));
	expect(email.warnings.some(({ code }) => code === 'attachments-not-read')).toBe(inside.length > 0);
}

describe('a corpus of files made for this project', () => {
	it('has at least 150 of them', () => {
		expect(planted.length).toBeGreaterThanOrEqual(150);
	});

	const named = (one: Planted) => [one.file, one] as const;
	it.each(planted.filter(({ broken, library }) => broken !== true && library !== true).map(named))(
		'%s: finds every planted link and code, and none besides',
		async (_, truth) => {
			await expectPlanted(truth);
		},
	);

	const library = planted.filter(({ library }) => library === true).map(named);
	if (hasSevenZip())
		it.each(library)('%s: 7z-wasm opens it', async (_, truth) => {
			await expectPlanted(truth);
		});
	else it.skip.each(library)('%s: skipped, for 7z-wasm is not installed here', () => undefined);

	it.each(planted.filter(({ broken }) => broken === true).map((one) => [one.file, one] as const))(
		'%s: broken as it is, it is told, and the rest of the mail is read',
		async (_, truth) => {
			const { attachment, indicators } = await found({ ...truth, body: 'See https://body.example.com/b' });
			const { flags = [], notRead = [] } = attachment.opened ?? {};
			expect(flags.includes('damaged') || notRead.length > 0).toBe(true);
			expect(indicators.map(({ value }) => value)).toContain('https://body.example.com/b');
		},
	);
});
