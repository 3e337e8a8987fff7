import communityNodes from '@n8n/eslint-plugin-community-nodes';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

const n8n = ['n8n-workflow', 'n8n-core'];
const protocols = ['imapflow', 'undici', 'mailparser', 'mailsplit', '@azure/msal-node'];

/** Nobody reaches past a folder's index.ts from outside of it. */
const throughTheDoor = {
	group: [
		'**/lib/*/*',
		'../http/*',
		'../email/*',
		'../indicators/*',
		'../stix/*',
		'../pattern/*',
		'../esa/*',
		'../opencti/*',
		'../mailbox/*',
	],
	message: 'Import from the folder (its index.ts), not from a file inside it.',
};
const forbid = (paths, floors = []) => ({
	'no-restricted-imports': [
		'error',
		{
			paths: paths.map((name) => ({ name, message: 'Not in this layer: see the layers in docs/development.md.' })),
			patterns: [
				throughTheDoor,
				...(floors.length > 0
					? [
							{
								group: floors.flatMap((floor) => [`../${floor}`, `../${floor}/**`]),
								message: 'Nothing points upwards: see the floors in docs/development.md.',
							},
						]
					: []),
			],
		},
	],
});
// From the ground up. A folder may import what stands before it, not what stands behind.
const floors = {
	http: ['email', 'indicators', 'stix', 'pattern', 'esa', 'opencti', 'mailbox'],
	email: ['indicators', 'stix', 'pattern', 'esa', 'opencti', 'mailbox', 'http'],
	indicators: ['stix', 'pattern', 'esa', 'opencti', 'mailbox', 'http'],
	stix: ['pattern', 'esa', 'opencti', 'mailbox', 'http'],
	pattern: ['esa', 'opencti', 'mailbox', 'http'],
	esa: ['opencti', 'mailbox'],
	opencti: ['esa', 'mailbox'],
	mailbox: ['indicators', 'stix', 'pattern', 'esa', 'opencti'],
};

export default tseslint.config(
	{ ignores: ['dist/**', 'coverage/**', '.toolchain/**', '.n8n-cache/**', 'demo-output/**', 'node_modules/**'] },
	{
		files: ['**/*.ts'],
		extends: [...tseslint.configs.recommendedTypeChecked, regexp.configs['flat/recommended']],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			// The proof that no expression of ours backtracks more than linearly.
			'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
			'regexp/no-super-linear-move': 'error',
			'@typescript-eslint/consistent-type-imports': [
				'error',
				{ fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
			],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
			eqeqeq: 'error',
			'no-console': 'error',
			// Style only; these rewrite readable character classes into dense ones.
			'regexp/prefer-d': 'off',
			'regexp/prefer-w': 'off',
			'regexp/use-ignore-case': 'off',
			'regexp/prefer-character-class': 'off',
			'regexp/no-useless-assertions': 'off',
			'regexp/sort-character-class-elements': 'off',
			// Clearer with them where a limit or a protocol character is meant.
			'regexp/prefer-quantifier': 'off',
			'regexp/no-control-character': 'off',
			'no-control-regex': 'off',
		},
	},
	{ files: ['lib/**/*.ts'], rules: forbid(n8n) },
	...Object.entries(floors).map(([folder, above]) => ({ files: [`lib/${folder}/**/*.ts`], rules: forbid(n8n, above) })),
	{ files: ['nodes/**/*.ts', 'credentials/**/*.ts'], rules: forbid(protocols) },
	{
		files: ['nodes/**/*.ts'],
		plugins: { 'n8n-nodes-base': nodesBase, '@n8n/community-nodes': communityNodes },
		rules: {
			...nodesBase.configs.nodes.rules,
			...communityNodes.configs.recommendedWithoutN8nCloudSupport.rules,
			// They ask for the literal 'main'; n8n's newer plugin, rightly, asks for NodeConnectionTypes.Main.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': nodesBase, '@n8n/community-nodes': communityNodes },
		rules: {
			...nodesBase.configs.credentials.rules,
			...communityNodes.configs.recommendedWithoutN8nCloudSupport.rules,
			// It is for n8n's own nodes, whose documentation is a slug; ours is a URL.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
	// n8n drops a codex file that it cannot read, without a word.
	{ files: ['nodes/**/*.node.json'], languageOptions: { parser: tseslint.parser }, rules: { 'no-dupe-keys': 'error' } },
	{
		files: ['test/**/*.ts', 'bench/**/*.ts'],
		rules: {
			// Answers of simulators and of n8n's engine are untyped JSON.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/no-require-imports': 'off',
			'@typescript-eslint/unbound-method': 'off',
			'@typescript-eslint/no-base-to-string': 'off',
		},
	},
);
