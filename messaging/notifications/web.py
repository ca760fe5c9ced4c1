"""The page that ends mails. A click in the mail opens it and changes nothing: scanners click, too."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .unsubscribing import end_mails, reader_of


@csrf_exempt  # mail programs post here (RFC 8058); the signed address is all that may do it, and all that it can do
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """Ask whether to end the mails, and end them."""
    reader = reader_of(signed)
    if reader is None:
        raise Http404
    if request.method == "POST":
        end_mails(reader)
    return render(request, "notifications/unsubscribe.html", {"done": request.method == "POST"})


urlpatterns = [path("mail/end/<str:signed>/", unsubscribe, name="unsubscribe")]
