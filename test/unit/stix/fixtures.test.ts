import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseEmail } from '../../../lib/email';
import { bundleToSvg, emailToBundle } from '../../../lib/stix';
import { expectValid } from './validity';

const FOLDER = join(__dirname, '../../fixtures/email');
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.eml'));

it('there are messages to convert', () => expect(names.length).toBeGreaterThan(10));

describe('every message of the fixtures, from bytes to bundle', () => {
	it.each(names)('%s', async (name) => {
		const raw = readFileSync(join(FOLDER, name));
		const email = await parseEmail(raw);
		const plain = emailToBundle(email);
		expectValid(plain);
		const everything = emailToBundle(email, {
			include: { artifacts: true, rawEmail: true },
			patterns: { policy: 'unflagged', validForDays: 90 },
			markings: { tlp: 'red', pap: 'amber' },
			labels: ['phishing'],
			confidence: 50,
		});
		expectValid(everything);
		expectValid(emailToBundle(email, { ids: { emailMessageIdentity: 'stix', fileIdentity: 'opencti' } }), {
			fileIdentity: 'opencti',
		});
		expect(bundleToSvg(everything)).toContain('</svg>');
		expect(JSON.stringify(emailToBundle(await parseEmail(raw)))).toBe(JSON.stringify(plain));
	});
});
