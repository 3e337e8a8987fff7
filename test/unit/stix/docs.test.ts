import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEmail } from '../../../lib/email';
import { bundleToSvg, emailToBundle } from '../../../lib/stix';
import { expectValid } from './validity';

const DOCS = join(__dirname, '../../../docs');
const PAGE = join(DOCS, 'stix.md');
const PICTURE = join(DOCS, 'images/stix-bundle.svg');

const MESSAGE = [
	'From: Jane Doe <jane@example.com>',
	'To: SOC <soc@example.com>',
	'Subject: Suspicious mail: overdue invoice',
	'Date: Wed, 16 Apr 2025 12:10:10 +0200',
	'Message-ID: <m1@example.com>',
	'MIME-Version: 1.0',
	'Content-Type: multipart/mixed; boundary=outer',
	'',
	'--outer',
	'Content-Type: text/plain; charset=utf-8',
	'',
	'I did not open hxxps://login[.]example[.]org/pay?id=1 but the sender was at 203.0.113[.]77.',
	'--outer',
	'Content-Type: application/pdf; name="invoice.pdf"',
	'Content-Disposition: attachment; filename="invoice.pdf"',
	'Content-Transfer-Encoding: base64',
	'',
	'JVBERi0xLjc=',
	'--outer--',
	'',
].join('\r\n');

/** Objects of the example that the page shows; the picture shows all. */
const SHOWN = ['email-message', 'indicator'];

/**
 * The page's example and its picture are what the code makes of the message above.
 * After a wanted change: UPDATE_DOCS=1 npx jest test/unit/stix/docs
 */
it('the documentation shows what the code does', async () => {
	const bundle = emailToBundle(await parseEmail(Buffer.from(MESSAGE)), {
		patterns: { policy: 'defanged' },
		include: { receivedLines: false },
		ids: { hashes: ['SHA-256'] },
	});
	expectValid(bundle);
	const svg = `${bundleToSvg(bundle)}\n`;
	const first = new Map(bundle.objects.toReversed().map((object) => [object.type as string, object]));
	const json = JSON.stringify({ ...bundle, objects: SHOWN.map((type) => first.get(type)) }, null, 2);
	const page = readFileSync(PAGE, 'utf8');
	const [, before = '', , after = ''] = /^([\s\S]*```json\n)([\s\S]*?)(\n```[\s\S]*)$/.exec(page) ?? [];
	if (process.env.UPDATE_DOCS === '1') {
		writeFileSync(PAGE, before + json + after);
		writeFileSync(PICTURE, svg);
	}
	expect(readFileSync(PAGE, 'utf8')).toBe(before + json + after);
	expect(before).toContain(MESSAGE.replaceAll('\r\n', '\n').trimEnd());
	expect(readFileSync(PICTURE, 'utf8')).toBe(svg);
});
