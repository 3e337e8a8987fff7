import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

it('explains every error code that the package can show', () => {
	const page = readFileSync(join(root, 'docs', 'troubleshooting.md'), 'utf8');
	const codes = globSync(['lib/**/errors.ts', 'node-red/shared/errors.ts'], { cwd: root }).flatMap((file) => {
		const types = readFileSync(join(root, file), 'utf8').match(/export type \w+Code\s*=[^;]+;/g) ?? [];
		return types.flatMap((type) => type.match(/(?<=')[A-Z][A-Z0-9]*_[A-Z_]+(?=')/g) ?? []);
	});
	expect(codes.length).toBeGreaterThan(70);
	expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
