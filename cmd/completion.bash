# bash completion of jzbf: eval "$(jzbf completion bash)"
# bash cuts words at "=": they are put together again here, and what stands before it is cut off the
# candidates.
_jzbf() {
	local line value cut= i words=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == = && ${#words[@]} -gt 0 ]]; then
			words[-1]+='='
			cut=${words[-1]}
		elif [[ -n $cut && ${words[-1]} == "$cut" ]]; then
			words[-1]+=${COMP_WORDS[i]}
		else
			cut=
			words+=("${COMP_WORDS[i]}")
		fi
	done
	local word=${words[-1]#"$cut"}
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:file)
			compopt -o filenames 2>/dev/null
			while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$word")
			;;
		:dir)
			compopt -o filenames 2>/dev/null
			while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$word")
			;;
		*)
			value=${line%%$'\t'*}
			COMPREPLY+=("${value#"$cut"}")
			;;
		esac
	done < <(jzbf complete -- "${words[@]}" 2>/dev/null)
}
complete -F _jzbf jzbf
