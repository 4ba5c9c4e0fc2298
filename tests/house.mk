# The house itself: who includes whom, man pages.
dist_check_SCRIPTS += check-includes check-man check-unit check-user check-tls
