import { relative } from 'node:path';
import ts from 'typescript';
import { compile, root } from './compiler';

/** One exported name. */
export interface FaceName {
	name: string;
	kind: 'class' | 'function' | 'value' | 'type';
	/** File that declares it, seen from the project's folder. */
	file: string;
	isDocumented: boolean;
}

/** What a module exports, types included, in alphabetical order. */
export function namesOf(module: string): FaceName[] {
	const program = compile([module]);
	const checker = program.getTypeChecker();
	const symbol = checker.getSymbolAtLocation(program.getSourceFile(module)!)!;
	return checker
		.getExportsOfModule(symbol)
		.map((alias) => {
			const exported = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
			return {
				name: alias.name,
				kind: kindOf(exported),
				file: relative(root, exported.declarations?.[0]?.getSourceFile().fileName ?? ''),
				isDocumented: ts.displayPartsToString(exported.getDocumentationComment(checker)).trim() !== '',
			};
		})
		.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function kindOf({ flags }: ts.Symbol): FaceName['kind'] {
	if (flags & ts.SymbolFlags.Class) return 'class';
	if (flags & ts.SymbolFlags.Function) return 'function';
	return flags & ts.SymbolFlags.Value ? 'value' : 'type';
}
