# Print a sentence about the first name that looks like a misspelt variable of the Makefile.
#
#   awk -f tools/slip.awk "KNOWN KNOWN ..." NAME...
#
# Misspelt: it is at most two letters away from a known name; capitals do not count. A letter too
# many, one too few, a wrong one, and two neighbours that are swapped count as one letter each.

BEGIN {
	count = split(ARGV[1], known, " ")
	for (i = 2; i < ARGC; i++) {
		nearest = 3
		for (k = 1; k <= count; k++)
			if ((away = letters_between(toupper(ARGV[i]), known[k])) < nearest) {
				nearest = away
				meant = known[k]
			}
		if (nearest < 3) {
			print ARGV[i], "is not a variable of this Makefile and would be ignored: write", meant
			exit
		}
	}
}

# https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance#Optimal_string_alignment_distance
function letters_between(a, b,    i, j, wrong, swapped, d) {
	for (i = 0; i <= length(a); i++) d[i, 0] = i
	for (j = 0; j <= length(b); j++) d[0, j] = j
	for (i = 1; i <= length(a); i++)
		for (j = 1; j <= length(b); j++) {
			wrong = (substr(a, i, 1) != substr(b, j, 1))
			d[i, j] = least(least(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + wrong)
			if (i == 1 || j == 1) continue
			swapped = (substr(a, i - 1, 2) == substr(b, j, 1) substr(b, j - 1, 1))
			if (swapped) d[i, j] = least(d[i, j], d[i - 2, j - 2] + 1)
		}
	return d[length(a), length(b)]
}

function least(a, b) { return a < b ? a : b }
