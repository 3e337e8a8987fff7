import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import './engine';

const root = join(__dirname, '..', '..');
/** Where another n8n is installed, with `npm run e2e:newest`. */
const installation = process.env.EMAIL_INTEL_N8N_FOLDER;

it.each(['n8n-core', 'n8n-workflow'])('the %s in which these tests run is the one that was asked for', (name) => {
	const [home] = require.resolve(name).split(`${sep}${name}${sep}dist${sep}`);
	expect(home).toBe(realpathSync(join(installation ?? root, 'node_modules')));
	const { version } = JSON.parse(readFileSync(join(home!, name, 'package.json'), 'utf8')) as { version: string };
	if (installation === undefined) {
		const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
			devDependencies: Record<string, string>;
		};
		expect(version).toBe(devDependencies[name]);
	} else process.stdout.write(`${name} ${version}\n`);
});
