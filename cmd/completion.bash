# bash completion of jzbf: eval "$(jzbf completion bash)"
# bash cuts words at "=": they are put together again here, and what stands before it is cut off the
# candidates.
_jzbf() {
	local line value cut= more= i words=()
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
	# a quote that is still open is the shell's
	[[ ${words[-1]} != [\'\"]* ]] || words[-1]=${words[-1]:1}
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
			[[ $value != *[.=] ]] || more=yes
			;;
		esac
	done < <(jzbf complete -- "${words[@]}" 2>/dev/null)
	[[ -z $more ]] || compopt -o nospace 2>/dev/null
}
complete -F _jzbf jzbf
