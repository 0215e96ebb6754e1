# fish completion of jzbf: jzbf completion fish | source
function __jzbf_complete
	set -l before (commandline -opc)
	set -l word (commandline -ct | string unescape)
	set -e before[1]
	for line in (jzbf complete -- $before "$word" 2>/dev/null)
		switch $line
			case :file
				__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$word")
			case :dir
				__fish_complete_directories (string replace -r '^--[^=]*=' '' -- "$word")
			case '*'
				echo $line
		end
	end
end
complete -c jzbf -f -a '(__jzbf_complete)'
