import { createRequire } from 'node:module';
import { closeAttachments, openAttachments } from '../../../lib/attachments';
import { extractIndicators } from '../../../lib/indicators';
import { heldOut, heldOutFixture, mailWith, within, type HeldOut } from './corpus';

afterAll(closeAttachments);

async function found({ file, name = file, type, body }: HeldOut) {
	const bytes = heldOutFixture(file);
	const mail = await mailWith([{ name, bytes, ...(type === undefined ? {} : { type }) }], body);
	const email = await openAttachments(mail, { otherArchives: true });
	return { email, attachment: email.attachments[0]!, indicators: extractIndicators(email) };
}

/** As the reader looks for it: from its own file. */
function hasSevenZip(): boolean {
	try {
		createRequire(require.resolve('../../../lib/attachments')).resolve('7z-wasm');
		return true;
	} catch {
		return false;
	}
}

/** What a maker writes into every file (schemas, its own site) is not planted. */
const isPlanted = (value: string): boolean => /\.held\.example\.com\b/i.test(value);

async function expectPlanted(truth: HeldOut): Promise<void> {
	const { attachment, indicators, email } = await found(truth);
	const files = [...within(attachment)];
	const urls = indicators.filter(({ type, value }) => type === 'url' && isPlanted(value)).map(({ value }) => value);
	const codes = files.flatMap(({ opened }) => opened?.codes ?? []).map(({ text, content }) => `${content} ${text}`);
	const notRead = new Set(files.flatMap(({ opened }) => opened?.notRead ?? []));
	expect({ urls: urls.toSorted(), codes: [...new Set(codes)].toSorted() }).toEqual({
		urls: truth.urls.toSorted(),
		codes: truth.codes.map(({ text, content }) => `${content} ${text}`).toSorted(),
	});
	if (truth.kind !== undefined) expect(attachment.opened?.kind).toBe(truth.kind);
	expect(attachment.opened?.flags ?? []).toEqual(expect.arrayContaining(truth.flags));
	expect(files.flatMap(({ opened }) => opened?.flags ?? [])).toEqual(expect.arrayContaining(truth.insideFlags ?? []));
	if (truth.anyNotRead !== true) expect(notRead).toEqual(new Set([...truth.notRead, ...(truth.insideNotRead ?? [])]));
	if (truth.properties !== undefined) expect(attachment.opened?.properties).toMatchObject(truth.properties);
	if (truth.children !== undefined)
		expect(attachment.opened?.children.map(({ fileName }) => fileName)).toEqual(truth.children);
	for (const share of truth.shares ?? []) expect(indicators.map(({ value }) => value)).toContain(share);
	expect(email.warnings.some(({ code }) => code === 'attachments-not-read')).toBe(notRead.size > 0);
}

describe('files that hide links and codes in ways that the readers had not been written for', () => {
	it('are at least 80', () => {
		expect(heldOut.length).toBeGreaterThanOrEqual(80);
	});

	it.each(
		heldOut
			.filter(({ broken, library }) => broken !== true && library !== true)
			.map((truth) => [truth.file, truth] as const),
	)('%s: every link and code is found or told as not read, and none is invented', async (_, truth) => {
		await expectPlanted(truth);
	});

	const library = heldOut.filter(({ library, broken }) => library === true && broken !== true);
	const named = library.map((truth) => [truth.file, truth] as const);
	if (hasSevenZip())
		it.each(named)('%s: 7z-wasm opens it', async (_, truth) => {
			await expectPlanted(truth);
		});
	else {
		it.skip.each(named)('%s: skipped, for 7z-wasm is not installed here', () => undefined);
		it.each(named)('%s: told as not read, for 7z-wasm is not installed here', async (_, truth) => {
			const { attachment } = await found(truth);
			expect([...within(attachment)].flatMap(({ opened }) => opened?.notRead ?? [])).toEqual(['archive-library']);
		});
	}

	it.each(heldOut.filter(({ broken }) => broken === true).map((truth) => [truth.file, truth] as const))(
		'%s: broken as it is, it is told',
		async (_, truth) => {
			const { attachment } = await found(truth);
			const { flags = [], notRead = [] } = attachment.opened ?? {};
			expect(flags.includes('damaged') || notRead.length > 0).toBe(true);
		},
	);
});
