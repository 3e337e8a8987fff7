import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

it('does not keep a process that has opened attachments from ending', () => {
	const script = `
		const { openAttachments, parseEmail } = require('./lib');
		const { readFileSync } = require('node:fs');
		(async () => {
			const email = await openAttachments(await parseEmail(readFileSync('examples/messages/0a-pdf-link.eml')));
			console.log(email.attachments[0].opened.links.length);
			setTimeout(() => { console.log('still here'); process.exit(1); }, 15_000).unref();
		})();`;
	const { stdout, status } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
		cwd: root,
		encoding: 'utf8',
		timeout: 60_000,
	});
	expect({ stdout: stdout.trim(), status }).toEqual({ stdout: '1', status: 0 });
}, 90_000);
