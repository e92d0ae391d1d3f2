"""Publishing: releases with their documents, and the check of other people’s texts."""
